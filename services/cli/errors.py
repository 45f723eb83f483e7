"""A command's own failure."""


class CommandFailed(Exception):
    """A command cannot go on; the text tells why and what to do."""
