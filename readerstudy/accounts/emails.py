"""Mail addresses as they are stored, looked up and counted: in one spelling."""

from readerstudy.core.errors import InvalidInput


def normal_email(email: str) -> str:
    """The mail address as it is stored: without white space around it, in small letters."""
    return email.strip().lower()


def has_plain_local_part(email: str) -> bool:
    """Whether the part before the @ has no letter that a database or a person could take for another one.

    Django's own check lets ı and ſ pass, since they are I and S in capitals.
    """
    return email.rpartition("@")[0].isascii()


def check_local_part(email: str) -> None:
    """Raises InvalidInput for an address that looks like another one."""
    if not has_plain_local_part(email):
        raise InvalidInput(
            "Before the @ there may be only letters without accents, digits and signs.",
            code="email_not_plain",
            field="email",
        )
