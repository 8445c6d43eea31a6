"""Settings: everything that differs between machines comes from the environment.

Without any variable the application runs embedded: SQLite, a Celery worker on the file system and
media, all under ``var/``. ``DATABASE_URL``, ``REDIS_URL`` and ``MEDIA_ROOT`` switch each part to production.
What is secret may lie in a file instead, named by the variable with ``_FILE`` behind its name (Docker secrets).
"""

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONCE
from django.utils.translation import gettext_lazy as _

from inference.engine.providers import usable_cores
from readerstudy.accounts.oidc import allauth_providers, providers_of
from readerstudy.core.secrets import read_or_create_secret, secret_setting

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- Security ---------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_setting("SECRET_KEY") or read_or_create_secret(VAR_DIR / "secret_key")
# Not in the database: whoever can write to the database alone cannot make a chain that fits.
AUDIT_KEY = secret_setting("AUDIT_KEY") or read_or_create_secret(VAR_DIR / "audit_key")
AUDIT_CHECKPOINTS = Path(env.str("AUDIT_CHECKPOINTS", str(VAR_DIR / "audit-checkpoints.jsonl")))
# Public keys that backups are encrypted for, and the file of the secret key that opens them: not on this machine.
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENT", default=[])
BACKUP_KEY_FILE = env.str("BACKUP_KEY_FILE", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# On a machine of its own these two are made; several machines must be given the same ones.
HAS_OWN_KEYS = bool(secret_setting("SECRET_KEY") and secret_setting("AUDIT_KEY"))
# HTTPS=on is what a server behind nginx sets; the embedded server speaks plain HTTP to this machine only.
HTTPS = env.bool("HTTPS", False)
# Where people reach the site: for links in mails.
SITE_URL = env.str(
    "SITE_URL",
    f"https://{ALLOWED_HOSTS[0]}" if HTTPS and ALLOWED_HOSTS else "http://localhost:8000",
)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # containers ask themselves, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Browsers take a cookie of such a name over HTTPS alone, for this host and no other: no neighbour can plant one.
_COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# The reading screen reads the CSRF token out of its cookie: signing in over a case renews it.
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
# Messages name studies and people: they wait in the session, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# How many proxies of ours stand in front and append to X-Forwarded-For; of none, the header is not read.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SESSION_COOKIE_AGE = 12 * 3600
# People who ask for nothing for so long are signed out; the reading screen warns two minutes before.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)
X_FRAME_OPTIONS = "DENY"
# mailto:… or https://…, comma separated: whom people tell of a weakness (/.well-known/security.txt).
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])

_CSP_NONE, _CSP_SELF = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_CSP_NONE],
        # Not 'self': markup that somebody smuggles in cannot load our own scripts either, htmx above all.
        "script-src": [NONCE],
        "style-src": [_CSP_SELF],
        "img-src": [_CSP_SELF, "blob:"],
        "connect-src": [_CSP_SELF],
        "font-src": [_CSP_SELF],
        "form-action": [_CSP_SELF],
        "frame-ancestors": [_CSP_NONE],
        "base-uri": [_CSP_NONE],
        "object-src": [_CSP_NONE],
    }
}

# --- Parts ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "readerstudy.core",
    "readerstudy.accounts",
    "readerstudy.images",
    "readerstudy.studies",
    "readerstudy.truth",
    "readerstudy.reading",
    "inference",
    "readerstudy.intake",
    "readerstudy.results",
    "readerstudy.privacy",
    "readerstudy.auditing",
    "readerstudy.operations",
    "readerstudy.demo",
]
MIDDLEWARE = [
    # The outermost see every answer, however far in it was made.
    "readerstudy.core.request_log.RequestLogMiddleware",
    "readerstudy.operations.middleware.MetricsMiddleware",
    "readerstudy.operations.tracing.TracingMiddleware",
    # What sets headers stands outside: static files, health checks and every error page carry them too.
    "readerstudy.core.middleware.ResponseHeadersMiddleware",
    "readerstudy.core.slow_queries.SlowQueryMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "readerstudy.core.middleware.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "readerstudy.core.middleware.ReadableAddressMiddleware",
    "readerstudy.core.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "readerstudy.accounts.middleware.SessionLimitsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before whatever reads the body, to find the form's token in it for one.
    "readerstudy.core.body_limits.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "readerstudy.auditing.middleware.DownloadsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "readerstudy.core.middleware.DomainErrorMiddleware",
    "readerstudy.accounts.middleware.SecondFactorMiddleware",
]
CSRF_FAILURE_VIEW = "readerstudy.core.middleware.csrf_failure"
ROOT_URLCONF = "readerstudy.urls"
WSGI_APPLICATION = "readerstudy.wsgi.application"
ASGI_APPLICATION = "readerstudy.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "readerstudy.core.context.site",
                "readerstudy.studies.context.staff",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url_config(
        secret_setting("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'readerstudy.sqlite3'}"
    )
}
# So that the database's own container and this one can read the same file.
if _password := secret_setting("DATABASE_PASSWORD"):
    DATABASES["default"]["PASSWORD"] = _password
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets the worker write while the web process reads; IMMEDIATE takes the write lock when a
    # transaction begins, so that two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # recursive_triggers: what INSERT OR REPLACE pushes out counts as deleted, which the triggers of evidence refuse.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Tests run on a file, as the application does: SQLite in memory locks whole tables between threads.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # A connection that the database has ended, or the network has lost, is seen before it is used, and no wait is endless.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }

# Queries of a page that take so long are logged, without their values; 0 logs none.
SLOW_QUERY_MS = env.int(
    "SLOW_QUERY_MS", 0 if DATABASES["default"]["ENGINE"].endswith("sqlite3") else 500
)

# So long a migration waits for a table that is in use, on PostgreSQL, before it gives up and changes nothing.
MIGRATION_LOCK_TIMEOUT_MS = env.int("MIGRATION_LOCK_TIMEOUT_MS", 5_000)

# --- Accounts ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "core:home"
CHANGE_PASSWORD_URL = "accounts:password"  # nosec B105  # noqa: S105 (the name of a page) where /.well-known/change-password leads
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "readerstudy.accounts.breached.BreachedPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
# The list of Have I Been Pwned, SHA-1 ordered by hash; without it the 20,000 common passwords that Django carries.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", "")
# Who must have a second factor: none in the embedded installation, which speaks to this machine only.
SECOND_FACTOR_ROLES = env.list(
    "SECOND_FACTOR_ROLES", default=["coordinator", "admin"] if HTTPS else []
)
# Hospitals whose sign-in is taken, as JSON: a list in OIDC_PROVIDERS, or in the file that OIDC_PROVIDERS_FILE names.
OIDC_PROVIDERS = providers_of(env.str("OIDC_PROVIDERS", ""), env.str("OIDC_PROVIDERS_FILE", ""))
SOCIALACCOUNT_PROVIDERS = allauth_providers(OIDC_PROVIDERS)
SOCIALACCOUNT_ADAPTER = "readerstudy.accounts.oidc_adapter.HospitalAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_ADAPTER = "readerstudy.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Of what our own `accounts.throttle` does not count: codes, passkeys and confirmations.
# Six digits, of which three are right at any time: ten tries in five minutes alone would find them within months.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "60/5m/ip,10/5m/key,100/d/key",
    "reauthenticate": "20/5m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "readerstudy.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey confirms who one is, so that the device has to ask for PIN or finger each time: keys are left in computers.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "add_webauthn": "readerstudy.accounts.passkey_forms.AddPasskeyForm",
    "authenticate_webauthn": "readerstudy.accounts.passkey_forms.SecondPasskeyForm",
    "reauthenticate_webauthn": "readerstudy.accounts.passkey_forms.ConfirmPasskeyForm",
    "login_webauthn": "readerstudy.accounts.passkey_forms.SignInPasskeyForm",
}
MFA_TOTP_ISSUER = "Reader Study"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
# smtp://user:password@host:25, smtp+tls://…; EMAIL_HOST, EMAIL_PORT and the others come out of it.
globals().update(env.email_url_config(secret_setting("EMAIL_URL") or "consolemail://"))
# Seconds that a mail server may take to answer; without a limit, one that is silent would hold whoever waits for the page.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Reader Study <reader-study@localhost>")

# --- Language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Files ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "readerstudy.core.finders.PlotlyFinder",
]
# The embedded server serves static files straight from the source folders; the image build collects them.
COLLECTED_STATIC = env.bool("COLLECTED_STATIC", False)
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
WHITENOISE_AUTOREFRESH = DEBUG
_STATIC_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if COLLECTED_STATIC
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
# Set where nginx stands in front: an `internal` location from which it sends a file the view authorised.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", "")
# Set where photographs and models lie in an S3 bucket; endpoint and region as its provider names them.
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", "")
# An `internal` location of nginx that fetches what the view authorised, by an address that holds for seconds.
MEDIA_S3_ACCEL_PREFIX = env.str("MEDIA_S3_ACCEL_PREFIX", "")
_MEDIA_ON_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
}
_MEDIA_IN_S3 = {
    "BACKEND": "readerstudy.core.s3.MediaS3Storage",
    "OPTIONS": {
        "bucket_name": MEDIA_S3_BUCKET,
        "endpoint_url": env.str("MEDIA_S3_ENDPOINT", "") or None,
        "region_name": env.str("MEDIA_S3_REGION", "") or None,
        "access_key": secret_setting("MEDIA_S3_ACCESS_KEY") or None,
        "secret_key": secret_setting("MEDIA_S3_SECRET_KEY") or None,
        "location": env.str("MEDIA_S3_PREFIX", ""),
    },
}
STORAGES = {
    "default": _MEDIA_IN_S3 if MEDIA_S3_BUCKET else _MEDIA_ON_DISK,
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Limits of what may be uploaded -----------------------------------------------------------------
# 10,000 photographs of 12 megapixels are about 40 GB; archives are read where they lie.
IMPORT_MAX_ARCHIVE_BYTES = env.int("IMPORT_MAX_ARCHIVE_BYTES", 64 * 2**30)
# Of one check or one import. What a check had decoded until then is not decoded again.
IMPORT_MAX_SECONDS = env.int("IMPORT_MAX_SECONDS", 24 * 3600)
IMPORT_MAX_FILE_BYTES = env.int("IMPORT_MAX_FILE_BYTES", 64 * 2**20)
IMPORT_MAX_FILES = env.int("IMPORT_MAX_FILES", 20_000)
IMPORT_MAX_PIXELS = env.int("IMPORT_MAX_PIXELS", 60_000_000)
# Photographs that are decoded at once, each in a process of about 150 MB for 12 megapixels.
IMPORT_WORKERS = env.int("IMPORT_WORKERS", usable_cores())
# Photographs between the check of an import and its confirmation, encoded: on the worker's own disk.
STAGING_DIR = Path(env.str("STAGING_DIR", str(VAR_DIR / "staging")))
# An import whose worker has not written a heartbeat for so long is taken up by another worker.
IMPORT_STALE_SECONDS = env.int("IMPORT_STALE_SECONDS", 60)
MODEL_MAX_BYTES = env.int("MODEL_MAX_BYTES", 512 * 2**20)

# --- Queue ------------------------------------------------------------------------------------------
REDIS_URL = secret_setting("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True  # the row (ModelRun, ImportJob, Analysis) is the source of truth
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Nothing but JSON is read: a pickle in the queue could run what it likes.
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_CONSUMER = "readerstudy.core.consumer:CarefulConsumer"
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_REDIRECT_STDOUTS = False
# What fails unexpectedly is tried again after so long, then after twice as long, and so on, four times.
WORK_RETRY_SECONDS = env.float("WORK_RETRY_SECONDS", 10.0)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "inference.tasks.run_model_task": {"queue": "gpu"},
    "inference.tasks.make_pixels_task": {"queue": "gpu"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", False)
# What `celery beat` sends in production; the embedded worker looks for lost runs by itself when it starts.
# A look that nobody has taken until the next one is due is forgotten: without a worker they would pile up for days, and
# real work would wait behind them.
_AT_MOST = {"expires": 60}
CELERY_BEAT_SCHEDULE = {
    "take-up-lost-runs": {
        "task": "inference.tasks.sweep_task",
        "schedule": 30.0,
        "options": _AT_MOST,
    },
    "take-up-lost-results": {
        "task": "readerstudy.results.tasks.sweep_task",
        "schedule": 60.0,
        "options": _AT_MOST,
    },
    "take-up-lost-imports": {
        "task": "readerstudy.intake.tasks.sweep_task",
        "schedule": 30.0,
        "options": _AT_MOST,
    },
    # At night (UTC): the checkpoint first, so that the verification leads through it.
    "write-checkpoint": {
        "task": "readerstudy.auditing.tasks.checkpoint_task",
        "schedule": crontab(hour=1, minute=10),
    },
    "verify-audit-trail": {
        "task": "readerstudy.auditing.tasks.daily_check_task",
        "schedule": crontab(hour=1, minute=30),
    },
    "look-at-retention-dates": {
        "task": "readerstudy.privacy.tasks.retention_task",
        "schedule": crontab(hour=5, minute=20),
    },
    "tidy": {
        "task": "readerstudy.operations.tasks.tidy_task",
        "schedule": crontab(hour="3", minute="30"),
    },
    "tell-who-may-go-on": {
        "task": "readerstudy.operations.tasks.tell_who_may_go_on_task",
        "schedule": crontab(minute="5"),
    },
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        # A message that no worker has finished with for so long is given to another one as well, which finds the
        # row held by a living worker and leaves it alone.
        "visibility_timeout": env.int("VISIBILITY_TIMEOUT", 7200),
        "socket_keepalive": True,
        "health_check_interval": 30,
        # No wait for a queue that does not answer is endless.
        "socket_connect_timeout": 5,
        "socket_timeout": 15,
    }
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # As of the queue: nothing but JSON is read. What an earlier version wrote as pickles is another version's.
            "OPTIONS": {"serializer": "readerstudy.core.cache.JsonSerializer"},
            "VERSION": 2,
        }
    }
else:
    _QUEUE_DIR = VAR_DIR / "queue"
    for _name in ("messages", "control"):
        (_QUEUE_DIR / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE_DIR / "messages"),
        "data_folder_out": str(_QUEUE_DIR / "messages"),
        "control_folder": str(_QUEUE_DIR / "control"),
        "polling_interval": 0.1,
    }
    # On the disk: what is counted against guessing is counted for both web processes together.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }

# --- The CNN ----------------------------------------------------------------------------------------
# auto: CUDA where the machine has it, CPU otherwise; cuda, tensorrt: refuse to run on anything else; cpu.
INFERENCE_PROVIDER = env.str("INFERENCE_PROVIDER", "auto")
# Pixels that are scaled and cropped already, shared by the runs of a family, on the worker's own disk.
PIXELS_DIR = Path(env.str("PIXELS_DIR", str(VAR_DIR / "pixels")))
PIXELS_MAX_BYTES = env.int("PIXELS_MAX_BYTES", 2 * 2**30)
PIXELS_MAX_SECONDS = env.int("PIXELS_MAX_SECONDS", 90 * 24 * 3600)
# Scores are stored that often: what is not stored yet is scored again after a crash.
INFERENCE_STORE_SECONDS = env.float("INFERENCE_STORE_SECONDS", 1.0)
INFERENCE_BATCH_SIZE = env.int("INFERENCE_BATCH_SIZE", 8)
# A run whose worker has not written a heartbeat for so long is taken up by another worker.
MODEL_RUN_STALE_SECONDS = env.int("MODEL_RUN_STALE_SECONDS", 30)

# --- API --------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "readerstudy.accounts.api_auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "readerstudy.accounts.api_auth.TokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "readerstudy.core.parsers.JsonParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "readerstudy.accounts.api_schema.ScopedSchema",
    "DEFAULT_PAGINATION_CLASS": "readerstudy.core.pagination.Pages",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "readerstudy.core.api.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests with one token in a minute; 0: as many as it likes.
API_TOKEN_PER_MINUTE = env.int("API_TOKEN_PER_MINUTE", 600)
SPECTACULAR_SETTINGS = {
    "TITLE": "Reader Study",
    "DESCRIPTION": "Reader studies of clinical photographs: studies, image sets, readings, model runs, analyses.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StudyState": "readerstudy.studies.choices.StudyState",
        "EnrolmentState": "readerstudy.studies.choices.EnrolmentState",
        "WorkState": "inference.choices.RunState",
    },
}

# --- Logs and figures ---------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
# json: one object a line, for machines; line: for people.
LOG_FORMAT = env.str("LOG_FORMAT", "line")
_ACCESS_LEVEL = LOG_LEVEL if LOG_FORMAT == "json" else "WARNING"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "readerstudy.core.logs.JsonFormatter"},
        "line": {
            "()": "readerstudy.core.logs.ScrubbedFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "readerstudy": {"level": LOG_LEVEL},
        "readerstudy.access": {"level": _ACCESS_LEVEL},
        "inference": {"level": LOG_LEVEL},
        "celery": {"level": LOG_LEVEL},
        # Django's own handlers would write a second line, in another form, and mail whole error pages.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
# Who may ask for /metrics: whoever has the token, or asks straight from one of these networks.
METRICS_TOKEN = secret_setting("METRICS_TOKEN")
METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=[])
