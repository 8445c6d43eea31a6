"""One sign-in per role for a visitor of the demonstration, kept under ``var/``."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.accounts.services import create_user


@dataclass(frozen=True)
class SignIn:
    """What a visitor types to come in as one role."""

    role: str
    email: str
    password: str


def sign_ins_path() -> Path:
    """Where the passwords of this installation stand, for its owner only."""
    return Path(settings.VAR_DIR) / "demo-sign-ins.json"


def load_or_make() -> list[SignIn]:
    """The sign-ins, with passwords made at random for this installation on the first call."""
    path = sign_ins_path()
    if path.exists():
        return [SignIn(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    made = [
        SignIn(role, f"{role}@demo.example", secrets.token_urlsafe(12)) for role in SiteRole.values
    ]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(entry) for entry in made], file)
    return made


def user_of(sign_in: SignIn, *, now: datetime) -> User:
    """The account of a sign-in, made if it is not there."""
    existing = User.objects.filter(email=sign_in.email).first()
    name = f"Demo {sign_in.role}"
    return existing or create_user(
        actor=None,
        email=sign_in.email,
        name=name,
        role=SiteRole(sign_in.role),
        password=sign_in.password,
        now=now,
    )
