"""Who looks after the work that the site does by itself: admins."""

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound


def check_may_operate(user: User) -> None:
    """Raises NotFound for anybody but admins: to others there is no such page."""
    if not user.can_administer:
        raise NotFound("There is no such page.")
