"""Settings: everything that differs between machines comes from the environment.

Without any variable the application runs embedded: SQLite, a Celery worker on the file system and
media, all under ``var/``. ``DATABASE_URL``, ``REDIS_URL`` and ``MEDIA_ROOT`` switch each part to production.
"""

from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from inference.engine.providers import usable_cores
from readerstudy.core.secrets import read_or_create_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- Security ---------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or read_or_create_secret(VAR_DIR / "secret_key")
# Not in the database: whoever can write to the database alone cannot make a chain that fits.
AUDIT_KEY = env.str("AUDIT_KEY", "") or read_or_create_secret(VAR_DIR / "audit_key")
AUDIT_CHECKPOINTS = Path(env.str("AUDIT_CHECKPOINTS", str(VAR_DIR / "audit-checkpoints.jsonl")))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# HTTPS=on is what a server behind nginx sets; the embedded server speaks plain HTTP to this machine only.
HTTPS = env.bool("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
# People who ask for nothing for so long are signed out; the reading screen warns two minutes before.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)
X_FRAME_OPTIONS = "DENY"

_CSP_NONE, _CSP_SELF = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_CSP_NONE],
        "script-src": [_CSP_SELF],
        "style-src": [_CSP_SELF],
        "img-src": [_CSP_SELF, "blob:", "data:"],
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
    "readerstudy.core",
    "readerstudy.accounts",
    "readerstudy.images",
    "readerstudy.studies",
    "readerstudy.truth",
    "readerstudy.reading",
    "inference",
    "readerstudy.intake",
    "readerstudy.results",
    "readerstudy.demo",
]
MIDDLEWARE = [
    "readerstudy.core.health.HealthMiddleware",
    "readerstudy.core.slow_queries.SlowQueryMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "readerstudy.accounts.middleware.SessionLimitsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "readerstudy.core.middleware.ResponseHeadersMiddleware",
    "readerstudy.core.middleware.DomainErrorMiddleware",
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
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'readerstudy.sqlite3'}")}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets the worker write while the web process reads; IMMEDIATE takes the write lock when a
    # transaction begins, so that two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Tests run on a file, as the application does: SQLite in memory locks whole tables between threads.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}

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
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
# smtp://user:password@host:25, smtp+tls://…; EMAIL_HOST, EMAIL_PORT and the others come out of it.
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
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
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    },
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
REDIS_URL = env.str("REDIS_URL", "")
CELERY_TASK_IGNORE_RESULT = True  # the row (ModelRun, ImportJob, Analysis) is the source of truth
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "inference.tasks.run_model_task": {"queue": "gpu"},
    "inference.tasks.make_pixels_task": {"queue": "gpu"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", False)
# What `celery beat` sends in production; the embedded worker looks for lost runs by itself when it starts.
CELERY_BEAT_SCHEDULE = {
    "take-up-lost-runs": {"task": "inference.tasks.sweep_task", "schedule": 30.0},
    "take-up-lost-imports": {"task": "readerstudy.intake.tasks.sweep_task", "schedule": 30.0},
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 7200}
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
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
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

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
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "readerstudy.core.api.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
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

# --- Logs -------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"readerstudy": {"level": LOG_LEVEL}, "inference": {"level": LOG_LEVEL}},
}
