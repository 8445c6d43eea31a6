"""Why a run stops before its end."""


class SupersededError(Exception):
    """Another worker has taken the run over."""


class RunError(Exception):
    """The run cannot go on; the message is a sentence for a person."""
