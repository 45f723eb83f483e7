"""What matching tells its callers when it cannot answer."""

from shared.problems import NotFound, Unavailable


class RequestNotFound(NotFound):
    """Nobody was given this id."""


class NotReady(Unavailable):
    """No snapshot was published yet."""
