"""Which command is being worked on, and who called it: the audit trail tells of both.

Somebody at the command line of the server needs no account, so the name of their login there stands in its place.
"""

import getpass
import os
from contextvars import ContextVar

# In the data of what was done at the command line: by which command, and by whom.
COMMAND = "command"
_command: ContextVar[dict[str, str] | None] = ContextVar("command", default=None)
# These only begin a server: whoever is served has an account.
_SERVERS = frozenset({"serve", "runserver", "test"})


def begin_command(name: str) -> None:
    """Notes that all that follows in this process is done by the command of this name."""
    _command.set(None if name in _SERVERS else {"name": name, "operator": operator_name()})


def command_in_hand() -> dict[str, str] | None:
    """The name of the command and of its operator; None in a server or worker."""
    return _command.get()


def operator_name() -> str:
    """The login of whoever is at the command line, of the person behind `sudo` where there is one."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return f"uid {os.getuid()}"
