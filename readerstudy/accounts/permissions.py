"""Who may make accounts, and whose invitations a coordinator may send."""

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotAllowed


def check_may_create(actor: User | None, role: str) -> None:
    """Raises NotAllowed unless an admin, the operator (no actor), or a coordinator who brings in a reader."""
    if actor is None or actor.can_administer:
        return
    if not (actor.can_coordinate and role == SiteRole.READER):
        raise NotAllowed("Only admins may make this account.")
