"""The settings as they are on a server, for tests in this process and for commands in one of their own."""

import os
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "study.example.org"
ENVIRONMENT = {
    "HTTPS": "on",
    "SECRET_KEY": "one-secret-of-the-server-that-nobody-else-knows-0123456789",
    "AUDIT_KEY": "another-secret-of-the-server-that-nobody-else-knows-98765",
    "ALLOWED_HOSTS": HOST,
    "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
    "DATABASE_URL": "postgres://readerstudy:password@127.0.0.1:5432/readerstudy",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "SECURITY_CONTACT": "mailto:security@example.org",
    "MEDIA_ACCEL_PREFIX": "/protected-media/",
}
# What a browser meets; database, queue and files of the tests stay as they are.
_BROWSER = ("SECURE_", "SESSION_", "CSRF_", "LANGUAGE_COOKIE_", "ALLOWED_HOSTS", "HTTPS", "SECURITY_", "MIDDLEWARE",
            "CONTENT_SECURITY_POLICY", "X_FRAME_OPTIONS")  # fmt: skip


def production_environment(folder, **changes):
    """The variables of a server's process; None takes one away."""
    given = {**os.environ, "VAR_DIR": str(folder), "AUDIT_CHECKPOINTS": str(Path(folder).parent / "elsewhere" / "audit.jsonl"), **ENVIRONMENT, **changes}  # fmt: skip
    given.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the browser tests
    return {name: value for name, value in given.items() if value is not None}


def read_settings(monkeypatch, folder, **changes):
    """What `settings.py` makes of a server's environment."""
    for name, value in production_environment(folder, **changes).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "readerstudy" / "settings.py"))


def apply_browser_settings(settings, values):
    """Lets this process answer browsers as a server does."""
    for name, value in values.items():
        if name.startswith(_BROWSER):
            setattr(settings, name, value)
