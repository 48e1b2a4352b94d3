"""An Alembic configuration goes on finding its migrations, wherever the program is started."""

from __future__ import annotations

import re

_LOCATION = re.compile(
    rb"^(script_location[ \t]*[=:][ \t]*)(?!/|%|\w+:)(?:\./)?([^\s;#][^\r\n]*?)([ \t]*\r?)$", re.M
)


def locate(text: bytes, *, path: str) -> bytes:
    """A relative `script_location` told from where the file lies, not from the current folder.

    `path` is the file's, relative to the folder that the monolith is started in.
    """
    up = b"../" * path.count("/")
    return _LOCATION.sub(rb"\g<1>%(here)s/" + up + rb"\g<2>\g<3>", text)
