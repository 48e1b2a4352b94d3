"""Types of libraries: which travel as JSON, which hold others, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from splitter.discovery.scopes import Chain, Imported

_TEXTS = frozenset(
    {"builtins.str", "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta"}
    | {"decimal.Decimal", "uuid.UUID"}
)
_PLAIN = _TEXTS | {"builtins.int", "builtins.float", "builtins.bool", "builtins.None"}
_PYDANTIC_PLAIN = frozenset(
    {"EmailStr", "PositiveInt", "NegativeInt", "NonNegativeInt", "NonPositiveInt", "StrictInt"}
    | {"PositiveFloat", "NonNegativeFloat", "StrictStr", "StrictBool", "UUID4"}
)
_NOTHING_SAID = frozenset({"Any", "object", "dict", "list", "set", "tuple", "frozenset"}) | {
    *("Dict", "List", "Set", "Tuple", "FrozenSet", "Sequence", "Mapping")
}
_TYPING = ("typing", "typing_extensions", "collections.abc", "builtins")
_CONTAINERS = _NOTHING_SAID - {"Any", "object"}

_REASONS: Mapping[str, str] = {
    **dict.fromkeys(
        ("Session", "AsyncSession", "scoped_session", "sessionmaker", "async_sessionmaker"),
        "a session of the database cannot travel",
    ),
    **dict.fromkeys(
        ("Connection", "AsyncConnection", "Engine", "AsyncEngine", "Cursor", "Pool"),
        "a connection cannot travel",
    ),
    **dict.fromkeys(
        ("Request", "Response", "WebSocket", "HTTPConnection", "BackgroundTasks"),
        "it belongs to the request that is being answered",
    ),
    **dict.fromkeys(
        ("UploadFile", "IO", "TextIO", "BinaryIO", "BytesIO", "StringIO", "SpooledTemporaryFile"),
        "a file cannot travel",
    ),
    **dict.fromkeys(("Path", "PurePath"), "a path names a file, which the other may not have"),
    **dict.fromkeys(("Callable", "Awaitable", "Coroutine"), "code cannot travel"),
    **dict.fromkeys(
        ("Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"),
        "an iterator cannot travel",
    ),
    **dict.fromkeys(("bytes", "bytearray", "memoryview"), "bytes do not travel as JSON"),
}
_BASES: Mapping[str, str] = {
    "pydantic.BaseModel": "data",
    "sqlmodel.SQLModel": "data",
    "pydantic_settings.BaseSettings": "",
    "typing.TypedDict": "data",
    "typing_extensions.TypedDict": "data",
    "typing.NamedTuple": "data",
    "sqlalchemy.orm.DeclarativeBase": "table",
    "sqlalchemy.orm.DeclarativeBaseNoMeta": "table",
    "sqlalchemy.orm.MappedAsDataclass": "table",
    **{f"enum.{name}": "enum" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")},
}


class Kind(Enum):
    """What a type with brackets does with what is in them."""

    CONTAINER = "container"
    UNION = "union"
    LITERAL = "literal"
    ANNOTATED = "annotated"
    OTHER = "other"

    @classmethod
    def of(cls, name: str) -> Kind:
        """That of a dotted name."""
        module, _, last = name.rpartition(".")
        if module not in _TYPING:
            return cls.OTHER
        if last in _CONTAINERS:
            return cls.CONTAINER
        known = {"Union": cls.UNION, "Optional": cls.UNION, "Literal": cls.LITERAL}
        return known.get(last, cls.ANNOTATED if last == "Annotated" else cls.OTHER)

    @staticmethod
    def of_base(name: str) -> str:
        """What sort of class a base from a library makes: data, enum, table, or unknown."""
        return _BASES.get(name, "")


def reason_of(name: str) -> str:
    """Why a type that is no class of the monolith cannot travel; empty if it can."""
    module, _, last = name.rpartition(".")
    if name in _PLAIN or (module == "pydantic" and last in _PYDANTIC_PLAIN):
        return ""
    if module in _TYPING and last in _NOTHING_SAID:
        return f"{last} does not say what travels"
    return _REASONS.get(last, f"{last} is not known to travel")


def told_as_text(name: str) -> bool:
    """Whether JSON has a text for a value of this type."""
    return name in _TEXTS or name.partition(".")[0] == "pydantic"


def name_of(imported: Imported, rest: Chain) -> str:
    """The dotted name of what an import binds, with the attributes that follow."""
    return ".".join(filter(None, (imported.module, imported.name, *rest)))
