"""The compose file keeps the rules of production; `docker compose config` reads it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from readerstudy import settings as site_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {"web", "worker", "gpu-worker", "beat", "migrate", "backup"}
ONE_SHOT = {"migrate", "backup"}
PROFILES = ["--profile", "gpu", "--profile", "backup"]
ENVIRONMENT = {
    "ALLOWED_HOSTS": "study.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://study.example.org",
    "SITE_URL": "https://study.example.org",
    "DATA_ADDRESS": "10.0.0.4",
    "TLS_DIR": "/etc/reader-study/tls",
}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name):
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert int(one["user"].split(":")[0]) > 0
    assert not one.get("privileged")
    assert one["logging"]["options"]["max-size"]
    assert one["mem_limit"]
    assert one["cpus"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name):
    image = SERVICES[name]["image"]
    assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?(@sha256:[0-9a-f]{64})?$", image), image


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_and_stops_in_order(name):
    one = SERVICES[name]
    if name in ONE_SHOT:
        assert one["restart"] == "no"
        return
    assert one["healthcheck"]["test"]
    assert one["restart"] == "unless-stopped"
    assert one["stop_grace_period"]


def test_no_secret_stands_in_the_environment_and_all_come_from_files():
    names = set(COMPOSE["secrets"])
    for name, one in SERVICES.items():
        given = one.get("environment", {})
        for variable, value in given.items():
            secret = re.search(r"KEY|PASSWORD$|PASSWORD_|TOKEN|REDIS_URL|EMAIL_URL", variable)
            assert not secret or variable.endswith("_FILE"), (name, variable)
            if variable.endswith("_FILE") and str(value).startswith("/run/secrets/"):
                assert Path(value).name in one["secrets"], (name, variable)
        assert set(one.get("secrets", [])) <= names
    assert all(one["file"].startswith("./deploy/secrets/") for one in COMPOSE["secrets"].values())


def test_database_and_queue_are_not_reached_from_nginx():
    networks = {name: set(one["networks"]) for name, one in SERVICES.items()}
    assert networks["nginx"] == {"front"}
    assert networks["postgres"] == networks["redis"] == {"data"}
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert [name for name, one in SERVICES.items() if one.get("ports")] == ["nginx"]


def test_everything_of_ours_waits_for_the_migration():
    for name in OURS - ONE_SHOT:
        assert (
            SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        )
    assert SERVICES["gpu-worker"]["profiles"] == ["gpu"]


def test_the_nightly_backup_can_run_as_it_is_documented():
    one = SERVICES["backup"]
    assert one["profiles"] == ["backup"]
    assert one["command"][:3] == ["python", "manage.py", "backup"]
    assert one["command"][-1] == "/backups"
    assert one["environment"]["BACKUP_RECIPIENT"] == "${BACKUP_RECIPIENT:-}"
    # All that the others have, a place to write to, and no migration on the way.
    assert set(SERVICES["web"]["volumes"]) < set(one["volumes"])
    assert "${BACKUP_DIR:-backups}:/backups" in one["volumes"]
    assert "backups" in COMPOSE["volumes"]
    assert set(one["depends_on"]) == {"postgres"}
    assert "docker compose run --rm -T backup" in (ROOT / "docs" / "operations.md").read_text()
    assert "\nBACKUP_RECIPIENT=" in (ROOT / "deploy" / "env.example").read_text()
    assert "/backups" in re.search(r"chown -R (.*?) &&", DOCKERFILE).group(1)


def test_no_recipient_in_the_env_file_means_none(monkeypatch):
    monkeypatch.setenv("BACKUP_RECIPIENT", "")
    assert site_settings.env.list("BACKUP_RECIPIENT", default=[]) == []


def test_the_image_has_the_programs_of_the_database_that_compose_starts():
    server = re.match(r"postgres:(\d+)", SERVICES["postgres"]["image"]).group(1)
    client = re.search(r"^ARG POSTGRESQL=(\d+)$", DOCKERFILE, re.MULTILINE).group(1)
    assert int(client) >= int(server)
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "postgresql-client-${POSTGRESQL}" in final
    # Debian's own is older than the server: out of PostgreSQL's packages, under their key and no other.
    assert "[signed-by=/usr/share/keyrings/postgresql.gpg]" in final
    assert re.search(r"^ARG FINGERPRINT=[0-9A-F]{40}$", DOCKERFILE, re.MULTILINE)
    assert "gpg --batch --export ${FINGERPRINT} >" in DOCKERFILE


def test_every_variable_of_the_compose_file_is_one_that_the_application_reads():
    code = (ROOT / "readerstudy" / "settings.py").read_text() + (ROOT / "deploy" / "gunicorn.conf.py").read_text()  # fmt: skip
    # Read by Python itself; and by the accounts, which take the address of who signs in from the proxies.
    elsewhere = {"TMPDIR", "TRUSTED_PROXIES", "SECURITY_CONTACT"}
    for name in SERVICES["gpu-worker"]["environment"].keys() - elsewhere:
        assert f'"{name.removesuffix("_FILE")}"' in code, name
    assert site_settings.CELERY_ACCEPT_CONTENT == ["json"]


def test_the_secrets_are_made_once_and_kept(tmp_path):
    make = ROOT / "deploy" / "make-secrets.sh"
    first = subprocess.run([make, tmp_path / "s"], capture_output=True, text=True, check=True)
    before = {one.name: one.read_text() for one in (tmp_path / "s").iterdir()}
    again = subprocess.run([make, tmp_path / "s"], capture_output=True, text=True, check=True)
    assert before == {one.name: one.read_text() for one in (tmp_path / "s").iterdir()}
    assert set(before) == set(COMPOSE["secrets"])
    assert "made  audit_key" in first.stdout
    assert "made  " not in again.stdout
    assert before["redis_url"] == f"redis://:{before['redis_password']}@redis:6379/0"
    assert len(before["secret_key"]) >= 64
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    # Their owner writes the mail server into one of them; the accounts of the containers read them.
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "s").iterdir()} == {0o644}


ADDITIONS = sorted(path.name for path in (ROOT / "deploy").glob("compose.*.yml"))


@pytest.mark.parametrize("files", [[], *([one] for one in ADDITIONS), [*ADDITIONS[:3]]], ids=str)
def test_docker_compose_reads_the_file_without_a_word(files, tmp_path):
    # Out of a package of the tests: what reads the file needs no engine.
    done = subprocess.run(
        [
            Path(sys.executable).with_name("docker-compose"),
            "-f",
            "docker-compose.yml",
            *(f"-fdeploy/{one}" for one in files),
            *PROFILES,
            "config",
            "--quiet",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            **ENVIRONMENT,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_prometheus_reads_no_figure_that_is_not_told():
    told = "".join(path.read_text() for path in (ROOT / "readerstudy" / "operations").glob("*.py"))
    for rule in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]:
        for name in re.findall(r"readerstudy_\w+", rule["expr"]):
            plain = re.sub(r"_(total|count|bucket)$", "", name)
            assert f'"{plain}"' in told, (rule["alert"], name)
        operations = (ROOT / "docs" / "operations.md").read_text()
        assert f"`{rule['alert']}`" in operations, rule["alert"]


def test_no_alarm_compares_a_sum_with_figures_that_have_labels():
    """Prometheus compares what has the same labels, and a sum has none: such an alarm would never be raised."""
    for rule in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]:
        left, _, right = re.sub(r"\{.*?\}", "", rule["expr"]).partition(" > ")
        is_sum = re.match(r"(sum|max)\(", left) and "readerstudy_" in right
        assert not is_sum or re.search(r"(sum|max)\(readerstudy_\w+\)$", right), rule["alert"]


def test_the_volumes_do_not_depend_on_the_name_of_the_folder():
    """Compose names them after the project; another folder of the next release would begin with empty ones."""
    assert COMPOSE["name"] == "reader-study"


def test_a_machine_that_is_gone_holds_no_lock_for_long():
    words = SERVICES["postgres"]["command"]
    given = dict(one.split("=") for one in words if one.startswith("tcp_keepalives_"))
    idle, interval, count = (int(given[f"tcp_keepalives_{name}"]) for name in ("idle", "interval", "count"))  # fmt: skip
    assert 0 < idle + interval * count <= 60


# The folders at the top of Debian's image, which that of nginx is made of.
OF_DEBIAN = {"bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"}  # fmt: skip


def test_nginx_does_not_give_the_photographs_to_root():
    """A volume that is empty gets the owner that its folder has in the image of whichever container is made last."""
    targets = {one.rsplit(":", 2)[1] for one in SERVICES["nginx"]["volumes"] if "MEDIA_DIR" in one}
    (target,) = targets
    assert target.strip("/") not in OF_DEBIAN
    assert f"alias {target}/;" in (ROOT / "deploy" / "nginx.conf").read_text()


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_of_the_documentation_can_be_set_in_the_env_file(name):
    assert SERVICES[name]["env_file"] == [{"path": ".env", "required": False}]


def test_the_image_knows_of_which_commit_it_is():
    for name in sorted(OURS):
        assert SERVICES[name]["build"]["args"]["REVISION"] == "${READERSTUDY_REVISION:-}", name
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "ARG REVISION=\nENV READERSTUDY_REVISION=${REVISION}\n" in final


def test_nginx_finds_containers_that_have_another_address_now():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "resolver 127.0.0.11 valid=2s" in text
    assert "zone web 64k;\n        server web:8000 resolve;" in text
    version = re.match(r"nginx:(\d+)\.(\d+)\.(\d+)", SERVICES["nginx"]["image"]).groups()
    assert tuple(map(int, version)) >= (1, 27, 3)
    # As many as it may use, not one for each core of a large host.
    assert "\nworker_processes 2;" in text


def test_prometheus_asks_each_web_container():
    config = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())["scrape_configs"][0]
    assert config["dns_sd_configs"][0]["names"] == ["web"]
    assert "static_configs" not in config


def test_a_machine_of_workers_alone_finds_database_and_queue_by_their_names():
    added = yaml.safe_load((ROOT / "deploy" / "compose.worker-host.yml").read_text())["services"]
    for name in ("worker", "gpu-worker"):
        hosts = {one.split(":")[0] for one in added[name]["extra_hosts"]}
        assert hosts == {"postgres", "redis"} <= set(SERVICES)


def test_whoever_needs_the_object_storage_has_its_keys_and_a_way_out():
    added = yaml.safe_load((ROOT / "deploy" / "compose.s3.yml").read_text())
    assert set(added["services"]) == OURS
    for one in added["services"].values():
        assert one["networks"] == ["out"]
        assert set(one["secrets"]) == set(added["secrets"])
