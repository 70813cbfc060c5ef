"""Parquet read by the engine itself, through DuckDB's C functions, against the same table from CSV.

The Python package duckdb has no libduckdb.so, but its module exports the C functions; it loads where a Python interpreter is in the
process, as it is here. Where the command runs alone, PILOTAGE_DUCKDB_LIB or the system's libduckdb.so is what serves.
"""

import csv
import datetime
import decimal
import importlib.util
import json

import pytest

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
N = 300


@pytest.fixture
def duckdb(monkeypatch):
    found = importlib.util.find_spec("_duckdb")
    if found is None:
        pytest.skip("the Python package duckdb is not installed")
    monkeypatch.setenv("PILOTAGE_DUCKDB_LIB", found.origin)


def days(row):
    return None if row == 9 else datetime.date(2020, 1, 1) + datetime.timedelta(days=3 * row)


def moments(row):
    return None if row % 50 == 4 else datetime.datetime(2021, 5, 6, 7, 8, 9) + datetime.timedelta(seconds=4567 * row)


COLUMNS = {
    "small": (pyarrow.int8(), lambda row: None if row == 3 else row % 100 - 50),
    "whole": (pyarrow.int32(), lambda row: None if row == 3 else row * row),
    "large": (pyarrow.int64(), lambda row: row * 10**9),
    "wide": (pyarrow.int64(), lambda row: 2**60 + row % 3),
    "unsigned": (pyarrow.uint16(), lambda row: row * 7 % 1000),
    "single": (pyarrow.float32(), lambda row: row / 4),
    "double": (pyarrow.float64(), lambda row: None if row % 10 == 0 else row / 7),
    "money": (pyarrow.decimal128(12, 2), lambda row: decimal.Decimal(row) / 4),
    "truth": (pyarrow.bool_(), lambda row: None if row == 5 else row % 3 == 0),
    "day": (pyarrow.date32(), days),
    "moment": (pyarrow.timestamp("us"), moments),
    "list": (pyarrow.list_(pyarrow.int32()), lambda row: None if row % 7 == 0 else [row, row + 1]),
    "nested": (pyarrow.list_(pyarrow.list_(pyarrow.int32())), lambda row: [[row], [1, 2, row]]),
    "wo\"rds, it's": (pyarrow.string(), lambda row: None if row == 8 else f"some words, number {row}, ünïcode \U0001f600"),
    "city": (pyarrow.string(), lambda row: ["Bonn", "Köln", "NA"][row % 3]),
    "target": (pyarrow.string(), lambda row: "yes" if row % 3 else "no"),
}
TYPES = {
    "small": "numeric",
    "whole": "numeric",
    "large": "numeric",
    "wide": "categorical",
    "unsigned": "numeric",
    "single": "numeric",
    "double": "numeric",
    "money": "numeric",
    "truth": "categorical",
    "day": "datetime",
    "moment": "datetime",
    "list": "sequence",
    "nested": "sequence",
    "wo\"rds, it's": "text",
    "city": "categorical",
    "target": "categorical",
}


def write_both(folder):
    values = {name: [make(row) for row in range(N)] for name, (_, make) in COLUMNS.items()}
    table = pyarrow.table({name: pyarrow.array(values[name], kind) for name, (kind, _) in COLUMNS.items()})
    parquet.write_table(table, folder / "it's.parquet", row_group_size=70)
    with open(folder / "table.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(values)
        writer.writerows(zip(*values.values(), strict=True))


def profile_of(path, **options):
    from pilotage._job import run_job

    job = path.with_suffix(".job")
    request = {"command": "profile", "table": str(path), "target": "target", "output": str(job), "notebooks": False, **options}
    assert run_job(request, quiet=True)["exit_status"] == 0
    return json.loads((job / "profile.json").read_text())


def told(column):
    """What the cells are, without how they were written and why they have their type."""
    left_out = {"type_reason", "reason", "cells", "tokens", "missing_tokens"}
    seen = {key: value for key, value in column.items() if key not in left_out}
    if seen.get("datetime"):
        seen["datetime"] = {key: value for key, value in seen["datetime"].items() if key != "format"}
    return seen


def test_all_types(engine, duckdb, tmp_path):
    write_both(tmp_path)
    here = profile_of(tmp_path / "it's.parquet")
    there = profile_of(tmp_path / "table.csv")
    assert here["table"]["rows"] == there["table"]["rows"] == N
    assert {column["name"]: column["type"] for column in here["columns"]} == TYPES
    for mine, other in zip(here["columns"], there["columns"], strict=True):
        assert told(mine) == told(other), mine["name"]


def test_a_sample_under_a_memory_limit(engine, duckdb, tmp_path):
    n = 400_000
    columns = {"x": pyarrow.array(range(n), pyarrow.int32()), "target": pyarrow.array([row % 2 for row in range(n)], pyarrow.int8())}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    table = profile_of(tmp_path / "t.parquet", memory_limit="8M")["table"]
    assert 1000 < table["rows"] < n, table


def test_a_damaged_file(engine, duckdb, tmp_path):
    from pilotage.errors import DataError

    write_both(tmp_path)
    path = tmp_path / "it's.parquet"
    path.write_bytes(path.read_bytes()[:3000] + b"PAR1")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        profile_of(path)
