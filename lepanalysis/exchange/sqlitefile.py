"""SQLite files of strangers: opened read-only, only plain tables read, and no more taken out than can be in.

Nothing of the file runs: no trigger (nothing is written), no view, no virtual table, no generated column, no function.
Tables are read from their first row to their last without any index, and a table that gives more than the file is large
has pages that stand in for each other, as in a bomb.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lepanalysis.exchange.limits import LIMITS, MEGABYTE, Limits
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_MAGIC = b"SQLite format 3\x00"
_APPLICATION_ID = slice(68, 72)
# What an unfinished change leaves beside a database; its records are not in the file itself.
_UNFINISHED = ("-wal", "-journal")
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}
_PRAGMAS = {"table_xinfo"}
_MOST_COLUMNS = 200
_MOST_TABLES = 1000


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as an SQLite database does.

    Parameters
    ----------
    path : Path
    """
    return _head(path).startswith(_MAGIC)


def application_id(path: Path) -> bytes:
    """Return the four bytes by which a program marks its databases; zeros where it does not.

    Parameters
    ----------
    path : Path
    """
    return _head(path)[_APPLICATION_ID]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(100)
    except OSError:
        return b""


def integer(value: object) -> int | None:
    """Return a cell that holds a whole number as one, anything else as None.

    Parameters
    ----------
    value : object
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None


def text(value: object) -> str:
    """Return a cell as text: a number as it is written, bytes as UTF-8, nothing as "".

    Parameters
    ----------
    value : object
    """
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class Database:
    """The plain tables of an SQLite file.

    Attributes
    ----------
    columns : dict
        By name of a table the names of its columns.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Look at the tables."""
        self.path = path
        self._size = path.stat().st_size
        self._connection = connection
        self.columns = self._tried(self._plain_tables)

    def __contains__(self, table: object) -> bool:
        """Whether there is a plain table of that name."""
        return table in self.columns

    def count(self, table: str) -> int:
        """Return how many rows a table has; 0 where there is no such table."""
        return sum(1 for _ in self.rows(table, self.columns[table][:1])) if table in self.columns else 0

    def rows(
        self, table: str, names: Sequence[str], where: tuple[str, int] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a table, or none where there is no such table.

        Parameters
        ----------
        table : str
        names : sequence of str
            The columns; one that the table lacks, as in older versions of a program, gives None.
        where : (str, int), optional
            A column and the number that has to stand there.
        """
        if table not in self.columns:
            return
        there = [name for name in names if name in self.columns[table]]
        # Names come from our own code; a quotation mark in them would be our error, not the file's.
        chosen = ", ".join(f'"{name}"' for name in there) or "NULL"
        # The plus keeps SQLite from using an index, which in a damaged file may say something else.
        condition = f' WHERE +"{where[0]}" = ?' if where else ""
        statement = f'SELECT {chosen} FROM main."{table}" NOT INDEXED{condition}'  # noqa: S608
        empty = dict.fromkeys(names)
        with closing(self._tried(lambda: self._connection.execute(statement, where[1:] if where else ()))) as cursor:
            taken = 0
            while (row := self._tried(cursor.fetchone)) is not None:
                # A row takes at least a few bytes of the file, and a character at least one.
                taken += 1 + sum(len(cell) for cell in row if isinstance(cell, str | bytes))
                if taken > self._size:
                    self._refuse(f"its table {table} gives more than the file holds, as in a bomb")
                yield {**empty, **dict(zip(there, row, strict=False))}

    def _plain_tables(self) -> dict[str, tuple[str, ...]]:
        """Return the names of tables and columns, or refuse what is no plain table."""
        found: dict[str, tuple[str, ...]] = {}
        statement = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
        names = [row[0] for row in self._connection.execute(statement).fetchmany(_MOST_TABLES + 1)]
        if len(names) > _MOST_TABLES:
            self._refuse(f"it has more than {_MOST_TABLES:,} tables")
        for name in names:
            if not isinstance(name, str) or '"' in name:
                continue
            columns = self._connection.execute(f'PRAGMA main.table_xinfo("{name}")').fetchall()
            # What is computed when it is read (hidden is not 0) is left alone.
            found[name] = tuple(str(column[1]) for column in columns if column[6] == 0 and '"' not in str(column[1]))
        return found

    def _tried(self, step: Any) -> Any:  # noqa: ANN401 - any step, and what it gives
        """Return what a step gives; damage becomes a sentence."""
        try:
            return step()
        except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError, OverflowError, MemoryError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise LepanalysisError(f"{self.path.name} is damaged, or no database as it should be ({reason})") from None

    def _refuse(self, problem: str) -> None:
        raise LepanalysisError(f"{self.path.name} is refused: {problem}")


@contextmanager
def open_database(path: Path, limits: Limits = LIMITS) -> Iterator[Database]:
    """Open an SQLite file for reading; neither it nor anything beside it is changed.

    Parameters
    ----------
    path : Path
    limits : Limits

    Raises
    ------
    LepanalysisError
        When it is no SQLite file, too large, damaged, or still being written to.
    """
    if not path.is_file():
        raise LepanalysisError(f"{path.name} is no file" if path.exists() else f"there is no file {path}")
    if not is_sqlite(path):
        raise LepanalysisError(f"{path.name} is no SQLite database, whatever its name says")
    if path.stat().st_size > limits.member_bytes:
        most = limits.member_bytes // MEGABYTE
        raise LepanalysisError(f"{path.name} is refused: it is larger than the {most:,} MB that are read")
    for ending in _UNFINISHED:
        beside = path.with_name(path.name + ending)
        if beside.is_file() and beside.stat().st_size:
            raise LepanalysisError(
                f"{path.name} is being written to, or was left so ({beside.name} lies beside it); open and close the "
                "project in its own program first"
            )
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, cached_statements=0)
    except sqlite3.Error as error:
        raise LepanalysisError(f"{path.name} cannot be opened ({error})") from None
    with closing(connection):
        yield Database(path, _harmless(connection, limits))


def _harmless(connection: sqlite3.Connection, limits: Limits) -> sqlite3.Connection:
    """Return a connection that does nothing but read tables."""
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(limits.member_bytes, (1 << 31) - 1))
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MEGABYTE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, _MOST_COLUMNS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")

    def allowed(action: int, first: str | None, *_: object) -> int:
        sound = action in _ALLOWED and (action != sqlite3.SQLITE_PRAGMA or first in _PRAGMAS)
        return sqlite3.SQLITE_OK if sound else sqlite3.SQLITE_DENY

    connection.set_authorizer(allowed)
    return connection
