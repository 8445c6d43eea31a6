"""What is said where a backup cannot be made, read or restored."""

from readerstudy.core.errors import Conflict, DomainError


class BackupFault(DomainError):
    """The file is not what was written, or cannot be read here."""

    default_code = "backup_fault"


class BackupRefused(Conflict):
    """The instance is not one on which this can be done. Nothing was changed."""

    default_code = "backup_refused"
