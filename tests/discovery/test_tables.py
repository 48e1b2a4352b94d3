from textwrap import dedent

import pytest

from splitter.discovery.parsing import parse
from splitter.discovery.tables import read_tables
from splitter.model.monolith import Sources, Table, TableUse

MODELS = """
from __future__ import annotations
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase): ...

user_tags = Table(
    "user_tags", Base.metadata,
    Column("user_id", ForeignKey("users.id")), Column("tag_id", ForeignKey("tags.id")),
)

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    accounts: Mapped[list[Account]] = relationship(back_populates="owner")

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    owner: Mapped[User] = relationship("User", back_populates="accounts")
"""


def tables(files: dict[str, str]) -> tuple[Table, ...]:
    sources = {path: dedent(source).encode() for path, source in files.items()}
    return read_tables(parse(Sources(sources)))


def uses(source: str, **more: str) -> list[str]:
    """`table mode line how` for what a module `app` does; its first line is 2."""
    files = {"models.py": MODELS, "app.py": source}
    files |= {f"{name}.py": text for name, text in more.items()}
    return [
        f"{table.name} {use.mode} {use.line} {use.how}"
        for table in tables(files)
        for use in table.uses
        if use.module == "app"
    ]


def names(source: str) -> dict[str, tuple[str, ...]]:
    """The tables of a module `models` and what they refer to."""
    found = tables({"models.py": source})
    assert all(table.file == "models.py" and table.line for table in found)
    return {f"{table.name} {table.model}": table.references for table in found}


def test_a_table_is_told_whole() -> None:
    app = "from models import User\nsession.get(User, 1)\n"
    assert tables({"pkg/app.py": app, "models.py": MODELS}) == (
        Table("accounts", "models:Account", "models.py", 18, (), ("users",)),
        Table("user_tags", "models:user_tags", "models.py", 8, (), ("tags", "users")),
        Table(
            "users", "models:User", "models.py", 13,
            (TableUse("pkg.app", 2, "read", "get(User)"),), ("accounts",),
            ("accounts",),
        ),
    )  # fmt: skip


MAPPED = {
    "SQLModel, by its own name or its class's": (
        """
        from sqlmodel import Field, Relationship, SQLModel
        class HeroBase(SQLModel):
            team_id: int = Field(foreign_key="team.id")
        class Hero(HeroBase, table=True):
            team: "Team" = Relationship(back_populates="heroes")
        class Team(SQLModel, table=True):
            __tablename__ = "teams"
        class HeroPublic(HeroBase): ...
        """,
        {"hero models:Hero": ("team", "teams"), "teams models:Team": ()},
    ),
    "constants in names, classes in keys": (
        """
        PREFIX = "app_"
        class A(Base):
            __tablename__ = PREFIX + "a"
        class B(Base):
            __tablename__ = f"{PREFIX}b"
            a = Column(ForeignKey(A.id))
            c = relationship(lambda: C, secondary="links")
        class C(Base):
            __tablename__ = "c"
            __table_args__ = (ForeignKeyConstraint(["x", "y"], ["other.b.x", "other.b.y"]),)
        """,
        {
            "app_a models:A": (),
            "app_b models:B": ("app_a", "c", "links"),
            "c models:C": ("b",),
        },
    ),
    "names made by a base": (
        """
        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls):
                return camel_to_snake(cls.__name__)
        class Lower:
            @declared_attr
            def __tablename__(cls) -> str:
                return cls.__name__.lower()
        class Mixin:
            owner_id = Column(ForeignKey("owner.id"))
        class HTTPLogEntry(Mixin, Base):
            id = Column(Integer)
        class AuditLog(Lower, Other):
            id = Column(Integer)
        class Abstract(Base):
            __abstract__ = True
            id = Column(Integer)
        """,
        {"auditlog models:AuditLog": (), "http_log_entry models:HTTPLogEntry": ("owner",)},
    ),
    "inheritance": (
        """
        class Cat(Animal):
            lives = Column(Integer)
        class Animal(Base):
            __tablename__ = "animals"
        """,
        {"animals models:Animal": ()},
    ),
    "tables in variables": (
        """
        t = sa.Table("t", metadata, sa.Column("a", sa.ForeignKey("u.id")))
        class Mapped:
            __table__ = t
        u = Table("u")
        """,
        {"t models:t": ("u",), "u models:u": ()},
    ),
}


@pytest.mark.parametrize(("source", "expected"), MAPPED.values(), ids=MAPPED)
def test_which_tables_there_are(source: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert names(source) == expected


READS_AND_WRITES = {
    "select": (
        "db.scalars(select(User).where(Account.id == 1))",
        ["accounts read 3 Account.id", "users read 3 select(User)"],
    ),
    "query": ("db.query(User).filter_by(id=1).first()", ["users read 3 query(User)"]),
    "an aggregate": (
        "db.scalar(select(func.count()).select_from(User))",
        ["users read 3 select_from(User)"],
    ),
    "insert, update, delete": (
        "db.execute(insert(User))\ndb.execute(update(User).values(x=1))\ndb.execute(delete(User))",
        ["users write 3 insert(User)", "users write 4 update(User)", "users write 5 delete(User)"],
    ),
    "delete of a query": (
        "db.query(User).filter(User.id == 1).delete()",
        ["users read 3 User.id", "users write 3 User .delete()"],
    ),
    "a table": (
        "db.execute(user_tags.insert().values(a=1))\ndb.execute(user_tags.select())",
        ["user_tags write 3 user_tags.insert", "user_tags read 4 user_tags.select"],
    ),
    "a new object": ("db.add(User(name='x'))", ["users write 3 User(…)"]),
    "an object that was read": (
        "user = db.get(User, 1)\nuser.name = 'x'\nuser.age += 1\nsetattr(user, 'a', 1)",
        [
            "users read 3 get(User)",
            "users write 4 user.name = …",
            "users write 5 user.age = …",
            "users write 6 setattr(User)",
        ],
    ),
    "objects in a loop": (
        "for user in db.scalars(select(User)).all():\n    db.delete(user)",
        [
            "accounts write 4 delete(User) cascades",
            "users read 3 select(User)",
            "users write 4 delete(User)",
        ],
    ),
    "a comprehension": (
        "[db.delete(u) for u in db.query(User)]",
        [
            "accounts write 3 delete(User) cascades",
            "users read 3 query(User)",
            "users write 3 delete(User)",
        ],
    ),
    "awaited": (
        "async def f(db):\n    user = (await db.execute(select(User))).scalar_one()\n"
        "    user.name = 'x'",
        ["users read 4 select(User)", "users write 5 user.name = …"],
    ),
    "a parameter": (
        "def f(user: 'User | None'):\n    user.name = 1",
        ["users write 4 user.name = …"],
    ),
    "an alias of an annotation": (
        "Me = Annotated[User, Depends(get)]\ndef f(me: Me):\n    me.accounts",
        ["accounts read 5 me.accounts"],
    ),
    "a function's result": (
        "def find() -> User | None: ...\ndef f():\n    find().name\n    user = find()\n"
        "    user.name = 1",
        ["users write 7 user.name = …"],
    ),
    "a relationship": (
        "def f(user: User):\n    for account in user.accounts:\n        account.owner_id = 1\n"
        "    user.accounts.append(Account())",
        [
            "accounts read 4 user.accounts",
            "accounts write 5 account.owner_id = …",
            "accounts read 6 user.accounts",
            "accounts write 6 Account(…)",
        ],
    ),
    "bulk": ("db.bulk_insert_mappings(User, [])", ["users write 3 bulk_insert_mappings(User)"]),
    "a repository": (
        "class Users(Repository[User, int]): ...",
        ["users read 3 Repository[User, int]", "users write 3 Repository[User, int]"],
    ),
    "methods of a class": (
        "User.create(db)\nUser.find_by(db)\nUser.model_validate(x)",
        ["users write 3 User.create", "users read 4 User.find_by"],
    ),
    "no use at all": (
        "def f(user: User, x: list[Account]) -> User:\n    isinstance(x, User)\n"
        "    '''User'''\n    user = 1\n    user.name = 2\n    return User.__tablename__",
        [],
    ),
}


@pytest.mark.parametrize(("source", "expected"), READS_AND_WRITES.values(), ids=READS_AND_WRITES)
def test_reads_and_writes_through_the_orm(source: str, expected: list[str]) -> None:
    header = "from sqlalchemy import *\nfrom models import Account, User, user_tags\n"
    assert uses(header + source + "\n") == expected


IMPORTS = {
    "an alias": "from models import User as U\ndb.get(U, 1)",
    "the module": "import models\ndb.get(models.User, 1)",
    "the module by an alias": "import models as m\ndb.get(m.User, 1)",
    "inside of a function": "def f():\n    from models import User; db.get(User, 1)",
    "a star": "from models import *\ndb.get(User, 1)",
    "re-exported": "from every import User\ndb.get(User, 1)",
}


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS)
def test_models_are_found_through_imports(source: str) -> None:
    found = uses(source, every="from models import *\n")
    assert [use.split()[:2] for use in found] == [["users", "read"]]


def test_functions_and_aliases_of_other_modules_tell_what_they_give() -> None:
    deps = "from models import User\ndef find() -> User: ...\nMe = Annotated[User, Depends(find)]\n"
    source = (
        "from deps import Me, find\ndef f(me: Me):\n    me.a = 1\n    x = find()\n    x.b = 2\n"
    )
    assert uses(source, deps=deps) == ["users write 3 me.a = …", "users write 5 x.b = …"]


RAW = {
    "text": ("db.execute(text('SELECT * FROM users'))", ["users read 2 SQL SELECT"]),
    "small letters": ("db.execute('delete from Users')", ["users write 2 SQL DELETE"]),
    "a constant": ("Q = '''\n    SELECT 1 FROM audit\n'''", ["audit read 2 SQL SELECT"]),
    "an f-string": (
        "db.execute(f'INSERT INTO {models.User.__tablename__} SELECT * FROM {x}')",
        ["users write 2 SQL INSERT", "… read 2 SQL SELECT"],
    ),
    "a sum": ("db.execute('UPDATE ' + models.AUDIT + ' SET a = 1')", ["audit write 2 SQL UPDATE"]),
    "a query of another module": ("db.execute(models.QUERY)", ["users read 2 SQL SELECT"]),
    "a text for people": ("raise ValueError('Select one from users')", []),
    "a docstring": ("'''SELECT * FROM users'''", []),
}


@pytest.mark.parametrize(("source", "expected"), RAW.values(), ids=RAW)
def test_reads_and_writes_in_raw_sql(source: str, expected: list[str]) -> None:
    models = MODELS + "AUDIT = 'audit'\nQUERY = 'SELECT 1 FROM users'\n"
    found = tables({"models.py": models, "app.py": f"import models\n{source}\n"})
    assert [
        f"{table.name} {use.mode} {use.line} {use.how}"
        for table in found
        for use in table.uses
        if use.module == "app"
    ] == expected


def test_a_table_that_only_sql_names_has_no_model() -> None:
    (table,) = tables({"a.py": "db.execute('SELECT * FROM legacy')\n"})
    assert table == Table("legacy", "", "", 0, (TableUse("a", 1, "read", "SQL SELECT"),))


def test_migrations_and_broken_files_are_left_out() -> None:
    migration = "down_revision = None\nop.execute('DELETE FROM users')\n"
    files = {"models.py": MODELS, "versions/1.py": migration, "bad.py": "SELECT * FROM users ("}
    assert all(table.uses == () for table in tables(files))


def test_a_delete_takes_along_what_cascades() -> None:
    found = uses("from models import User\ndef drop(user: User): session.delete(user)\n")
    assert found == [
        "accounts write 2 delete(User) cascades",
        "users write 2 delete(User)",
    ]


MANY = """
from sqlalchemy.orm import relationship

links = Table("links", metadata)

class Tag(Base):
    __tablename__ = "tags"

class Post(Base):
    __tablename__ = "posts"
    tags = relationship("Tag", secondary=links)
"""


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("post.tags.append(tag)", "write"),
        ("post.tags = []", "write"),
        ("Post(tags=[])", "write"),
        ("show(post.tags)", "read"),
        ("select(Post.tags)", "read"),
    ],
)
def test_many_to_many_uses_the_table_between(line: str, mode: str) -> None:
    app = f"from many import Post\ndef f(post: Post):\n    {line}\n"
    found = uses(app, many=MANY)
    assert [f.split()[1] for f in found if f.startswith("links ")][-1:] == [mode]
