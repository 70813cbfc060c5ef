"""Tables from Python: data frames, Arrow tables, Parquet files and dicts of arrays become the engine's typed columns."""

import ctypes
import datetime
import decimal
import numbers

import numpy as np

from pilotage._arrow import arrow_columns, is_arrow, is_parquet_path, read_parquet
from pilotage._library import call, library
from pilotage.errors import DataError

__all__ = ["Table", "is_path", "n_rows_of"]


def is_path(table):
    """Return whether `table` names a file that the engine reads itself; Parquet is read here."""
    return (isinstance(table, str) or hasattr(table, "__fspath__")) and not is_parquet_path(table)


def _columns_of(table):
    """Yield (name, values) with values a pandas Series or a 1-D array."""
    if hasattr(table, "columns") and hasattr(table, "iloc"):
        for place, name in enumerate(table.columns):
            yield str(name), table.iloc[:, place]
    elif isinstance(table, dict):
        for name, values in table.items():
            yield str(name), np.asarray(values, dtype=None if _is_plain(values) else object)


def _is_plain(values):
    """A list that numpy would make texts of (numbers and texts mixed) keeps its objects."""
    if isinstance(values, np.ndarray) or hasattr(values, "dtype"):
        return True
    values = list(values)
    return all(isinstance(value, numbers.Number) for value in values)


def n_rows_of(table):
    """Return the number of rows of a data frame or a dict of arrays."""
    if hasattr(table, "iloc"):
        return len(table)
    if not isinstance(table, dict):
        raise TypeError(f"a table is a path, a data frame, an Arrow table or a dict of arrays, not {type(table).__name__}")
    lengths = {len(values) for values in table.values()}
    if len(lengths) > 1:
        raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
    return lengths.pop() if lengths else 0


def _numbers_of(values):
    """Return (type, float64 array) for numbers and dates, or None for anything else."""
    dtype = values.dtype
    kind = getattr(dtype, "kind", "O")
    if kind == "b" or str(dtype) in ("boolean", "category"):
        return None
    if kind == "M":
        return "datetime", _seconds_of(values)
    if kind == "m":
        plain = np.asarray(values, dtype="timedelta64[ns]")
        return "numeric", np.where(np.isnat(plain), np.nan, plain.astype("int64") / 1e9)
    if kind in "iuf":
        if hasattr(values, "to_numpy"):
            return "numeric", values.to_numpy(dtype="float64", na_value=np.nan)
        return "numeric", values.astype("float64")
    if kind == "c":
        raise TypeError("a column of complex numbers cannot be read; split it into real and imaginary part")
    return None


def _seconds_of(values):
    """Seconds since 1970-01-01 UTC; NaN for NaT."""
    if hasattr(values, "dt") and getattr(values.dt, "tz", None) is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    plain = np.asarray(values, dtype="datetime64[us]")
    return np.where(np.isnat(plain), np.nan, plain.astype("int64") / 1e6)


def _number_text(value):
    number = float(value)
    if number != number:
        return None
    return str(int(value)) if isinstance(value, numbers.Integral) or number.is_integer() else repr(number)


def _is_missing(value):
    """None, NaN, pandas.NA and NaT; only asked of values that are neither texts nor numbers."""
    return value is None or str(value) in ("<NA>", "NaT", "nan", "NaN")


def _text_of(value):
    """Return (kind, text) of a cell; (None, None) for a missing one, and (None, text) where no kind can be read."""
    if isinstance(value, str):
        return "text", value
    if isinstance(value, bytes):
        return "text", value.decode("utf-8", "replace")
    if isinstance(value, (bool, np.bool_)):
        return "truth value", str(bool(value))
    if isinstance(value, (numbers.Real, decimal.Decimal)):
        text = _number_text(value)
        return ("number" if text is not None else None), text
    if _is_missing(value):
        return None, None
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)):
        return "date", str(value)
    if hasattr(value, "freqstr") or type(value).__name__ == "Interval":  # pandas periods and intervals
        return "text", str(value)
    return None, str(value)


def _texts_of(name, values):
    """Return the cells of a column as texts (None is missing); all must be of one kind.

    Raises
    ------
    DataError
        When cells of several kinds stand in the column, or one that is neither text, number, truth value nor date.
    """
    texts, first = [], None
    for place, value in enumerate(values):
        kind, text = _text_of(value)
        if kind is None and text is not None:
            raise DataError(f"column {name!r} holds a {type(value).__name__} in row {place + 1}; make it texts, numbers or dates")
        if first and kind and kind != first[0]:
            raise DataError(
                f"column {name!r} mixes kinds: row {first[1]} is a {first[0]}, row {place + 1} a {kind}; make all of it one kind, "
                f"for instance with .astype(str)"
            )
        if kind and not first:
            first = kind, place + 1
        texts.append(text)
    return texts


def _joined(texts):
    """Return the bytes, offsets and missing flags of texts (None is missing)."""
    cells = [b"" if text is None else text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(cells) + 1, dtype="int64")
    np.cumsum([len(cell) for cell in cells], out=offsets[1:])
    return b"".join(cells), offsets, np.array([text is None for text in texts], dtype="uint8")


class Table:
    """An engine's table (``ptg_table``) built from Python columns.

    Parameters
    ----------
    table : pandas.DataFrame, polars.DataFrame, pyarrow.Table, path of a Parquet file, or dict of arrays
        Numbers become numeric columns (NaN is missing), datetime64 becomes seconds UTC, everything else texts. Arrow tables and
        Parquet files keep the types that they give.
    """

    def __init__(self, table):
        self.handle = ctypes.c_void_p()
        if is_parquet_path(table):
            table = read_parquet(table)
        if is_arrow(table):
            self.n_rows, names, columns = arrow_columns(table)
            add = self._add_arrow
        else:
            self.n_rows = n_rows_of(table)
            columns = list(_columns_of(table))
            names = [name for name, _ in columns]
            add = self._add
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two columns are named {twice!r}; rename one of them")
        call("ptg_table_new", self.n_rows, ctypes.byref(self.handle))
        try:
            for column in columns:
                add(*column)
        except BaseException:
            self.close()
            raise

    def _add(self, name, values):
        if values.ndim != 1:
            raise ValueError(f"column {name!r} has {values.ndim} dimensions; give one value a row")
        found = _numbers_of(values)
        if found:
            self._add_numbers(name, *found)
        else:
            self._add_texts(name, None, *_joined(_texts_of(name, values)))

    def _add_arrow(self, name, kind, type_name, values):
        if kind == "numbers":
            self._add_numbers(name, type_name, values)
        else:
            self._add_texts(name, type_name, *values)

    def _add_numbers(self, name, type_name, values):
        array = np.ascontiguousarray(values, dtype="float64")
        call("ptg_table_add_numbers", self.handle, name, type_name, array.ctypes.data_as(ctypes.POINTER(ctypes.c_double)))

    def _add_texts(self, name, type_name, data, offsets, missing):
        call(
            "ptg_table_add_texts",
            self.handle,
            name,
            type_name,
            data,
            offsets.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)),
            missing.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8)),
        )

    def save(self, path):
        """Write the table as a frame file."""
        call("ptg_table_save", self.handle, str(path))

    def close(self):
        """Free the table."""
        if self.handle.value:
            library().ptg_table_free(self.handle)
            self.handle = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
