"""People, how they come in, and what they agreed to."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.emails import check_local_part, normal_email
from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel


class UserManager(BaseUserManager["User"]):
    """Finds people by their mail address, in any case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        # As it is stored and no other way: PostgreSQL takes ı for i and ſ for s where case does not count, and each
        # spelling would have a limit of its own on wrong passwords.
        return self.get(email=normal_email(username or ""))

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """An admin, for `manage.py createsuperuser`."""
        user = self.model(email=normal_email(email), role=SiteRole.ADMIN, **fields)
        user.set_password(password)
        check_local_part(user.email)
        user.full_clean()
        user.save()
        return user


class User(PublicIdModel, AbstractBaseUser):
    """A person who can sign in."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(
        _("role"), max_length=20, choices=SiteRole.choices, default=SiteRole.READER
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    # The token that this request came with; None for everybody who is signed in.
    api_token: "ApiToken | None" = None

    class Meta:
        ordering = ["name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_mail_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def only_study(self) -> str:
        """The public id of the study that the token of this request is for; empty where it is for all, or there is none."""
        return self.api_token.study_id if self.api_token else ""

    @property
    def is_reader(self) -> bool:
        return self.role == SiteRole.READER

    @property
    def can_coordinate(self) -> bool:
        return self.role == SiteRole.COORDINATOR

    @property
    def can_administer(self) -> bool:
        return self.role == SiteRole.ADMIN


class Invitation(PublicIdModel):
    """A way in for one person: single use, expiring. Only the hash of its token is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="invitation_expires_after_it_is_made",
            )
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.user}"


class Consent(AppendOnlyModel, PublicIdModel):
    """What a person agreed to, word for word, in the language they read it in."""

    is_bound = True

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    scope = models.CharField(max_length=40, help_text="Public id of the study agreed to")
    language = models.CharField(max_length=5)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scope", "text_sha256"],
                name="one_consent_per_person_scope_and_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} agreed to {self.scope}"


class ApiToken(PublicIdModel):
    """A secret by which a program acts for a person, within its scopes and until it expires. Only its hash is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=20, help_text="The beginning of the secret, to know it by")
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    study_id = models.CharField(
        max_length=40, blank=True, help_text="Public id of the only study it is for, if any"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="api_token_expires_after_it_is_made",
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user}"
