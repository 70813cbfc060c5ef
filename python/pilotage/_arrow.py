"""Arrow tables (pyarrow, polars, whatever has Arrow's stream interface) and Parquet files to the engine's columns.

The types that such a table gives are kept: numbers, dates and categories stay what they are; only plain texts are looked at like
the cells of a CSV file.
"""

import importlib.util
import json

import numpy as np

from pilotage.errors import DataError

__all__ = ["arrow_columns", "is_arrow", "is_parquet_path", "read_parquet"]


def is_parquet_path(table):
    """Return whether `table` is the path of a Parquet file, by its name."""
    return (isinstance(table, str) or hasattr(table, "__fspath__")) and str(table).lower().endswith((".parquet", ".pq"))


def is_arrow(table):
    """Return whether `table` is of Arrow's kind; a pandas data frame is read as such instead."""
    return hasattr(table, "__arrow_c_stream__") and not hasattr(table, "iloc")


def read_parquet(path):
    """Read a Parquet file.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    pyarrow.Table or pandas.DataFrame
        By pyarrow, else by duckdb with pandas.

    Raises
    ------
    ImportError
        When neither is installed.
    DataError
        When the file is no Parquet file.
    """
    if importlib.util.find_spec("pyarrow"):
        import pyarrow
        import pyarrow.parquet

        try:
            return pyarrow.parquet.ParquetFile(str(path)).read()
        except FileNotFoundError:
            raise
        except (pyarrow.ArrowInvalid, OSError) as error:
            raise DataError(f"{str(path)!r} cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    if importlib.util.find_spec("duckdb") and importlib.util.find_spec("pandas"):
        import duckdb

        try:
            return duckdb.read_parquet(str(path)).df()
        except duckdb.Error as error:
            raise DataError(f"{str(path)!r} cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    raise ImportError("a Parquet file needs pyarrow (or duckdb and pandas); install one: pip install pyarrow")


def _as_table(table):
    if not importlib.util.find_spec("pyarrow"):
        raise ImportError(f"a {type(table).__module__.split('.')[0]} table needs pyarrow; install it: pip install pyarrow")
    import pyarrow

    return table if isinstance(table, pyarrow.Table) else pyarrow.table(table)


def _seconds(column, unit_type):
    """Float64 seconds of a timestamp or date column; NaN where null."""
    import pyarrow
    import pyarrow.compute as compute

    exact = compute.cast(column, unit_type, safe=False)
    return _doubles(compute.cast(exact, pyarrow.int64())) / 1e6


def _doubles(column):
    import pyarrow
    import pyarrow.compute as compute

    numbers = compute.cast(column, pyarrow.float64(), safe=False)
    return np.asarray(compute.fill_null(numbers, float("nan")).to_numpy(), dtype="float64")


def _texts(column):
    """UTF-8 bytes, offsets and missing flags of a column of texts."""
    import pyarrow

    whole = column.cast(pyarrow.large_string()).combine_chunks()
    if isinstance(whole, pyarrow.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pyarrow.array([], pyarrow.large_string())
    buffers, n = whole.buffers(), len(whole)
    missing = np.asarray(whole.is_null().to_numpy(zero_copy_only=False), dtype="uint8")
    if n == 0:
        return b"", np.zeros(1, dtype="int64"), missing
    offsets = np.frombuffer(buffers[1], dtype="int64", count=n + 1, offset=8 * whole.offset)
    data = buffers[2].to_pybytes() if buffers[2] is not None else b""
    return data, np.ascontiguousarray(offsets), missing


def _listed(column):
    """Lists, structs and maps as JSON texts."""
    import pyarrow

    def text(value):
        return None if value is None else json.dumps(value, default=str, ensure_ascii=False)

    return pyarrow.chunked_array([pyarrow.array([text(value) for value in column.to_pylist()], pyarrow.string())])


def _truths(column):
    import pyarrow
    import pyarrow.compute as compute

    return compute.if_else(column, pyarrow.scalar("True"), pyarrow.scalar("False"))


def _has_large_integers(column):
    import pyarrow.compute as compute

    least, most = (compute.min_max(column)[key].as_py() for key in ("min", "max"))
    return least is not None and max(abs(least), abs(most)) > 2**53


def _spelled_out(column):
    """A column of a dictionary as one of its values; texts as views (polars) as plain ones, which Arrow cannot cast them to."""
    import pyarrow

    value_type = column.type.value_type
    if value_type == pyarrow.string_view():
        value_type = pyarrow.large_string()
    chunks = [chunk.dictionary.cast(value_type).take(chunk.indices) for chunk in column.chunks]
    return pyarrow.chunked_array(chunks, value_type)


def _column(name, column):
    """Return ("numbers", type, array) or ("texts", type, (bytes, offsets, missing)); type None is found from the texts."""
    import pyarrow
    import pyarrow.types as kinds

    kind = column.type
    if kinds.is_dictionary(kind):
        inner = _column(name, _spelled_out(column))
        return inner if inner[0] == "numbers" else ("texts", "categorical", inner[2])
    if kinds.is_integer(kind) and _has_large_integers(column):
        return "texts", "categorical", _texts(column)
    if kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind) or kinds.is_null(kind):
        return "numbers", "numeric", _doubles(column)
    if kinds.is_timestamp(kind):
        return "numbers", "datetime", _seconds(column, pyarrow.timestamp("us", kind.tz))
    if kinds.is_date(kind):
        return "numbers", "datetime", _seconds(column, pyarrow.timestamp("us"))
    if kinds.is_duration(kind):
        return "numbers", "numeric", _seconds(column, pyarrow.duration("us"))
    if kinds.is_boolean(kind):
        return "texts", "categorical", _texts(_truths(column))
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        return "texts", "sequence", _texts(_listed(column))
    if kinds.is_struct(kind) or kinds.is_map(kind):
        return "texts", None, _texts(_listed(column))
    try:
        return "texts", None, _texts(column)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        raise DataError(f"column {name!r} is of the Arrow type {kind}, which cannot be read; make it texts, numbers or dates") from None


def arrow_columns(table):
    """Return the number of rows, the names, and an iterator over (name, kind, type, values).

    Parameters
    ----------
    table : pyarrow.Table or any object with ``__arrow_c_stream__``
        The table.

    Returns
    -------
    n_rows : int
    names : list of str
    columns : iterator of tuple
        ``kind`` is "numbers" (float64 array) or "texts" (bytes, int64 offsets, uint8 missing flags).

    Raises
    ------
    ImportError
        When pyarrow is not installed.
    DataError
        For a column of a type that cannot be read.
    """
    whole = _as_table(table)
    names = [str(name) for name in whole.column_names]
    return whole.num_rows, names, ((name, *_column(name, whole.column(place))) for place, name in enumerate(names))
