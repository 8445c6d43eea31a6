"""How a section says that its data do not allow it."""


class NotComputableError(ValueError):
    """The data do not allow a section; the message says why, as a sentence for its reader."""
