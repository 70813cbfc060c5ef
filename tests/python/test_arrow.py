"""Arrow tables, polars and Parquet files into the engine: types of the source are kept."""

import datetime
import decimal

import pytest

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def table():
    n = 60
    return pyarrow.table(
        {
            "whole": pyarrow.array([None if i == 3 else i for i in range(n)], pyarrow.int32()),
            "wide": pyarrow.array([2**60 + i % 3 for i in range(n)], pyarrow.int64()),
            "float": [i / 7 for i in range(n)],
            "money": pyarrow.array([decimal.Decimal(i) / 4 for i in range(n)], pyarrow.decimal128(10, 2)),
            "truth": [None if i == 5 else i % 2 == 0 for i in range(n)],
            "day": [datetime.date(2020, 1, 1) + datetime.timedelta(days=i) for i in range(n)],
            "when": pyarrow.array([datetime.datetime(2020, 1, 1, 5, i) for i in range(n)], pyarrow.timestamp("ms", "UTC")),
            "code": pyarrow.array([str(i % 4) for i in range(n)]).dictionary_encode(),
            "list": [[i, i + 1] for i in range(n)],
            "words": [f"some words, number {i}" for i in range(n)],
            "target": ["yes" if i % 3 else "no" for i in range(n)],
        }
    )


EXPECTED = {
    "whole": "numeric",
    "wide": "categorical",
    "float": "numeric",
    "money": "numeric",
    "truth": "categorical",
    "day": "datetime",
    "when": "datetime",
    "code": "categorical",
    "list": "sequence",
    "words": "text",
    "target": "categorical",
}


def planned(table, **options):
    import json

    from pilotage import AutoML

    automl = AutoML("target", quiet=True, **options).plan(table)
    plan = json.loads((automl.job / "plan.json").read_text())
    profile = json.loads((automl.job / "profile.json").read_text())
    return {name: column["type"] for name, column in plan["columns"].items()}, profile


def test_types_of_an_arrow_table(engine, table):
    assert planned(table)[0] == EXPECTED


def test_a_slice_has_its_own_rows(engine, table):
    from pilotage._arrow import arrow_columns

    n_rows, names, columns = arrow_columns(table.slice(10, 20))
    assert n_rows == 20 and names == list(EXPECTED)
    found = {name: (kind, values) for name, kind, _, values in columns}
    assert found["whole"][1][0] == 10
    data, offsets, missing = found["words"][1]
    assert data[offsets[0] : offsets[1]] == b"some words, number 10" and not missing.any()


def test_a_parquet_file(engine, table, tmp_path):
    parquet.write_table(table, tmp_path / "t.parquet")
    types, profile = planned(tmp_path / "t.parquet", output=str(tmp_path / "job"))
    assert types == EXPECTED
    assert profile["table"]["rows"] == table.num_rows


def test_polars(engine, table):
    polars = pytest.importorskip("polars")
    assert planned(polars.from_arrow(table))[0] == EXPECTED


def test_categories_of_views_as_polars_has_them(engine, table):
    """What polars makes of a Categorical, without polars; in two chunks with dictionaries of their own, and a missing cell."""
    places = [pyarrow.array([None if i == 3 else i % 3 for i in range(n)], pyarrow.uint32()) for n in (40, 20)]
    values = [pyarrow.array(texts, pyarrow.string_view()) for texts in (["red", "green", "blue"], ["blue", "red", "grey"])]
    chunks = [pyarrow.DictionaryArray.from_arrays(*pair) for pair in zip(places, values, strict=True)]
    whole = pyarrow.table({"colour": pyarrow.chunked_array(chunks), "x": table["float"], "target": table["target"]})
    types, profile = planned(whole)
    assert types["colour"] == "categorical"
    column = next(column for column in profile["columns"] if column["name"] == "colour")
    assert column["missing"] == 2 and column["distinct"] == 4
    assert {value["value"]: value["count"] for value in column["top_values"]} == {"red": 20, "green": 13, "blue": 19, "grey": 6}


def test_whatever_has_the_stream_interface(engine, table):
    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__(requested_schema)

    assert planned(Stream())[0] == EXPECTED


def test_what_is_no_parquet_file(engine, tmp_path):
    from pilotage import AutoML
    from pilotage.errors import DataError

    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        AutoML("target", quiet=True).plan(tmp_path / "t.parquet")


def test_a_type_that_cannot_be_read(engine):
    from pilotage import AutoML
    from pilotage.errors import DataError

    months = pyarrow.array([(1, 2, 3)] * 30, pyarrow.month_day_nano_interval())
    with pytest.raises(DataError, match="'gap' is of the Arrow type"):
        AutoML("target", quiet=True).plan(pyarrow.table({"gap": months, "target": ["a", "b"] * 15}))
