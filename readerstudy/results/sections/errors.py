"""Why a section of an analysis is not there."""


class NotComputableError(ValueError):
    """The data do not allow a section; the message says why, as a sentence for its reader."""
