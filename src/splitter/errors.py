"""What can go wrong, as a tree; each error has its exit status and says what to do next.

    SplitterError                 status 2
      UsageError                    an option or argument is wrong
      ConfigurationError            splitter.toml is wrong (where: file and key)
      NoProject                     there is no splitter.toml from here upward
      ConflictError       status 1  a file is not what splitter last saw; nothing was written
      RefusedError        status 1  the monolith cannot be split so; the reasons are notes
      OutsideError        status 3  something outside failed
        DiskError                   reading or writing a file
        StartError                  a server did not start, or died
        IntrospectionError          the monolith could not be imported or asked
        DatabaseError               a database could not be forked, read or dropped
        ToolMissing                 a program that is needed is not installed

What a user can mend is raised; what is found in the user's code is a `Note`.
"""


class SplitterError(Exception):
    """A failure that the user can act on: `what` is wrong, `where`, and the next step in `hint`."""

    status = 2

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint


class UsageError(SplitterError):
    """An option or argument is wrong."""


class ConfigurationError(SplitterError):
    """splitter.toml, [tool.splitter] or a SPLITTER_* variable is wrong."""


class NoProject(SplitterError):
    """No folder from here upward has a splitter.toml or a pyproject.toml with [tool.splitter]."""


class ConflictError(SplitterError):
    """The disk no longer says what the change was made from; nothing was written."""

    status = 1


class RefusedError(SplitterError):
    """What was asked cannot be done to this code; `reasons` are lines of text, one each."""

    status = 1

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", reasons: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.reasons = reasons


class OutsideError(SplitterError):
    """Something outside of splitter and of its input failed."""

    status = 3


class DiskError(OutsideError):
    """A file could not be read or written."""


class StartError(OutsideError):
    """A server did not start or died; `hint` holds the end of its log."""


class IntrospectionError(OutsideError):
    """The monolith could not be imported, or did not answer in time."""


class DatabaseError(OutsideError):
    """A database could not be forked, read or dropped."""


class ToolMissing(OutsideError):
    """A program or an optional package that is needed is not there."""
