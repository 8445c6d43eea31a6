#!/usr/bin/env bash
# Makes the keys and passwords of the compose file, one file each; a file that is there already stays as it is.
#   deploy/make-secrets.sh [FOLDER]
set -euo pipefail
folder="${1:-$(cd "$(dirname "$0")" && pwd)/secrets}"
mkdir -p "$folder"
# The folder is for its owner alone, who can write the files. They are readable in the containers, whose accounts have
# other numbers.
chmod 0700 "$folder"

make() { # NAME CONTENT
  [ -e "$folder/$1" ] && { echo "kept  $1"; return; }
  printf '%s' "$2" > "$folder/$1"
  chmod 0644 "$folder/$1"
  echo "made  $1"
}
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

make secret_key "$(random 64)"
make audit_key "$(random 64)"
make database_password "$(random 32)"
make redis_password "$(random 32)"
make redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
make metrics_token "$(random 32)"
make email_url "${EMAIL_URL:-smtp+tls://user:password@mail.example.org:587}"
make oidc_providers "[]"
echo "Now write the mail server into $folder/email_url, and keep a copy of audit_key away from this machine."
