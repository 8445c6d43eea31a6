"""Who may make accounts, whose invitations a coordinator may send, and whose the pages of the site as a whole are."""

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotAllowed, NotFound


def check_may_create(actor: User | None, role: str) -> None:
    """Raises NotAllowed unless an admin, the operator (no actor), or a coordinator who brings in a reader."""
    if actor is None or actor.can_administer:
        return
    if not (actor.can_coordinate and role == SiteRole.READER):
        raise NotAllowed("Only admins may make this account.")


def check_is_admin(user: User) -> None:
    """For pages that admins alone have. Raises NotFound for anybody else: to others there is no such page."""
    if not user.can_administer:
        raise NotFound("There is no such page.")
