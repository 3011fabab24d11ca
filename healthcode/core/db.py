"""The database: tables, moments, and the only commit in the house.

SQLite and PostgreSQL run the same code above this file; every difference between them is here.
On SQLite a write takes the one write lock when it begins (BEGIN IMMEDIATE), because a plain BEGIN that
later turns into a write fails at once or loses updates, however long the timeout.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast
from weakref import WeakKeyDictionary

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    JSON,
    BindParameter,
    Connection,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Select,
    String,
    TextClause,
    TypeDecorator,
    Update,
    Uuid,
    bindparam,
    event,
    select,
    text,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry

from healthcode.core import clock, ids
from healthcode.core.problems import Problem, Unavailable

Mode = Literal["read", "write"]
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Moment(TypeDecorator[datetime]):
    """An instant. Comes back aware and in UTC from both databases; a naive datetime is refused on its way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The column types that rooms write in their annotations.
RowId = Annotated[str, mapped_column(Uuid(as_uuid=False), primary_key=True, default=ids.new)]
Ref = Annotated[str, mapped_column(Uuid(as_uuid=False))]
OptionalRef = Annotated[str | None, mapped_column(Uuid(as_uuid=False))]
Word = Annotated[str, mapped_column(String(64))]
At = Annotated[datetime, mapped_column(Moment)]
OptionalAt = Annotated[datetime | None, mapped_column(Moment)]

# The moment at which a statement is asked that was built once, long before: `execute(statement, {"at": clock.now()})`.
ASKED_AT: BindParameter[datetime] = bindparam("at", type_=Moment())
Instant = datetime | BindParameter[datetime]

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """What every table of the house is."""

    # A registry of its own, because Flask-SQLAlchemy builds its base from this class's attributes.
    registry = registry(
        metadata=MetaData(naming_convention=_NAMING), type_annotation_map={dict[str, Any]: JSON, list[str]: JSON}
    )


Row = TypeVar("Row", bound=Table)

db = SQLAlchemy(
    model_class=Table, disable_autonaming=True, session_options={"autobegin": False, "expire_on_commit": False}
)


def session() -> Session:
    """The session of the transaction that is open here. Outside `transaction()` every statement raises."""
    return db.session()


@contextmanager
def transaction(mode: Mode = "write") -> Iterator[Session]:
    """The only commit in the house: commits on return, rolls back on any exception.

    A `read` is one snapshot and cannot write; it takes no lock on either database. Transactions do not nest:
    whoever needs to be part of one is called inside it.
    """
    current = db.session()
    if current.in_transaction():
        raise RuntimeError("a transaction is already open")
    # What an earlier transaction read is read anew; what it returned stays readable as it was then.
    current.expire_all()
    with current.begin():
        current.connection(execution_options=_OPTIONS[_dialect_of(current)][mode])
        yield current


_OPTIONS: dict[str, dict[Mode, dict[str, Any]]] = {
    "sqlite": {"read": {"begin": "BEGIN"}, "write": {"begin": "BEGIN IMMEDIATE"}},
    "postgresql": {
        "read": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        "write": {"isolation_level": "READ COMMITTED"},
    },
}


def _dialect_of(current: Session) -> str:
    return current.get_bind().dialect.name


def insert_if_absent(table: type[Table], values: Mapping[str, Any], *, unique: Sequence[str] | None = None) -> bool:
    """Insert one row unless a row with the same `unique` columns is there; says whether it was inserted.

    Without `unique`, any unique constraint of the table counts.

    The insert is the check: of many at once exactly one gets True, on both databases. On PostgreSQL it waits for
    a rival that has not yet committed. An IntegrityError would abort a PostgreSQL transaction; this does not.
    """
    found = session().execute(_insert_if_absent(table, tuple(values), tuple(unique or ())), values)
    return found.first() is not None


@contextmanager
def unless_held(problem: Problem) -> Iterator[None]:
    """Raise the problem if a rival holds what is asked for here longer than lock_timeout. The transaction is over then.

    On SQLite, who writes has waited for all rivals before it began.
    """
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise problem from None


@cache
def _insert_if_absent(table: type[Table], names: tuple[str, ...], unique: tuple[str, ...]) -> TextClause:
    """Written out, because SQLAlchemy compiles its own ON CONFLICT anew every time; both databases read these words."""
    columns = _sql_table(table).columns
    key = next(iter(_sql_table(table).primary_key.columns)).name
    target = f" ({_quoted(unique)})" if unique else ""
    marks = ", ".join(f":{name}" for name in names)
    statement = (
        f'INSERT INTO "{_sql_table(table).name}" ({_quoted(names)}) VALUES ({marks}) '  # noqa: S608  # our own names
        f'ON CONFLICT{target} DO NOTHING RETURNING "{key}"'
    )
    return text(statement).bindparams(*(bindparam(name, type_=columns[name].type) for name in names))


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def insert_many(table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert plain rows, past the unit of work; every row names the same columns."""
    if rows:
        session().execute(_insert(table), list(rows))


@cache
def _insert(table: type[Table]) -> Insert:
    return _sql_table(table).insert()


def _sql_table(table: type[Table]) -> SqlTable:
    return table.__table__  # type: ignore[return-value]  # a mapped class's __table__ is a Table


def stream_in(table: type[Table], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert very many plain rows: PostgreSQL's COPY, elsewhere one prepared statement. Values as Python has them."""
    if _dialect_of(session()) != "postgresql":
        insert_many(table, [dict(zip(columns, row, strict=True)) for row in rows])
        return
    driver: Any = session().connection().connection.driver_connection
    names = ", ".join(columns)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def changed(statement: Update | Delete) -> int:
    """Do it, past the unit of work; returns how many rows it met. The condition in it is what decides a race."""
    done: Any = session().execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)


def locked(statement: Select[tuple[Row]]) -> Select[tuple[Row]]:
    """The same rows, held until the transaction ends (SQLite already holds its one write lock).

    Only the rows selected, not those joined to them; and read anew, whatever this transaction saw before. Rows that only
    name the locked one (a foreign key) are written meanwhile: they would wait, and wait for each other.
    """
    entity = statement.column_descriptions[0]["entity"]
    return statement.with_for_update(of=entity, key_share=True).execution_options(populate_existing=True)


def lock_for(table: type[Row], row_id: str) -> None:
    """Hold one row until the transaction ends: rules over several rows of one resident take this first."""
    session().execute(select(table.id).where(table.id == row_id).with_for_update(key_share=True))  # type: ignore[attr-defined]


def unclaimed(statement: Select[tuple[Row]]) -> Select[tuple[Row]]:
    """The same rows, held as by `locked`, leaving out what another worker already holds."""
    entity = statement.column_descriptions[0]["entity"]
    return statement.with_for_update(of=entity, skip_locked=True, key_share=True).execution_options(
        populate_existing=True
    )


LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's word for a lock_timeout
APPEND_ONLY: set[str] = set()  # names of the tables whose rows the database itself keeps as they are


def append_only(mapped: type[Table]) -> None:
    """Let the database itself refuse to change or remove rows of a table. Its migration sets the same triggers."""
    table = cast(SqlTable, mapped.__table__)
    name = table.name
    APPEND_ONLY.add(name)
    for verb in ("UPDATE", "DELETE"):
        _when_made(
            table,
            "sqlite",
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END",
        )
    _when_made(
        table,
        "postgresql",
        f"CREATE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$; "
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_is_append_only()",
    )


def _when_made(table: SqlTable, dialect: str, statement: str) -> None:
    made: Any = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", made.execute_if(dialect=dialect))


def engine_options(url: str, *, pool_size: int, statement_timeout_ms: int, lock_timeout_ms: int) -> dict[str, Any]:
    """What `create_engine` is given for this database."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": max(lock_timeout_ms / 1000, 10.0), "check_same_thread": False}}
    limits = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={lock_timeout_ms} -c timezone=UTC"
    return {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 2,
        # A server that does not even acknowledge what it is sent is given up too, where the system can (TCP, Linux).
        "connect_args": {"options": limits, "connect_timeout": 2, "tcp_user_timeout": lock_timeout_ms},
    }


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """WAL for readers beside a writer; synchronous=FULL because what was acknowledged must survive a power cut."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN IMMEDIATE"))


REST = 1.0  # seconds for which a database that could not be reached is not tried again
_away_until: WeakKeyDictionary[Dialect, float] = WeakKeyDictionary()


@event.listens_for(Engine, "do_connect")
def _connect(dialect: Dialect, _record: object, arguments: Any, options: Any) -> DBAPIConnection | None:
    """While PostgreSQL is away one request a second tries to reach it, and all others are told so at once: a thread for
    each that waits would soon be every thread there is. Raises Unavailable."""
    if dialect.name != "postgresql":
        return None
    away_until = _away_until.get(dialect)
    if away_until is not None:
        if clock.ticks() < away_until:
            raise Unavailable(retry_after=1)
        _away_until[dialect] = clock.ticks() + REST
    try:
        connection: DBAPIConnection = dialect.connect(*arguments, **options)
    except dialect.loaded_dbapi.OperationalError:
        _away_until[dialect] = clock.ticks() + REST
        raise
    _away_until.pop(dialect, None)
    return connection


def durability() -> list[str]:
    """What stands between an acknowledged write and the disk, as complaints; empty when all is well."""
    with transaction("read") as current:
        if _dialect_of(current) == "sqlite":
            wanted = {"PRAGMA synchronous": "2", "PRAGMA journal_mode": "wal", "PRAGMA foreign_keys": "1"}
        else:
            wanted = {"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on"}
        found = {question: str(current.execute(text(question)).scalar()) for question in wanted}
    return [
        f"{question} is {found[question]}, not {wanted[question]}"
        for question in wanted
        if found[question] != wanted[question]
    ]


class NotMigrated(RuntimeError):
    """The database does not have this version's tables."""


def must_be_migrated() -> None:
    """Raises NotMigrated unless the database is at this version's last migration. Inside a transaction."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if MigrationContext.configure(session().connection()).get_current_revision() != head:
        raise NotMigrated()


def init_app(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
