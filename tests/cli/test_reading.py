"""Tables in other dialects and formats than plain CSV: what the profile says of how they were read."""

import gzip
import json
import random

import pytest
from command_line import is_one_sentence


def rows(n=200, seed=4):
    """Rows of (number, price with a comma, word, label), of which the label follows the number."""
    draw = random.Random(seed)
    return [(i % 40, f"{draw.randint(0, 99)},{draw.randint(10, 99)}", draw.choice("abc"), "no" if i % 40 < 20 else "yes") for i in range(n)]


def profile(place, table, *words, command="profile"):
    ended = place.pilotage(command, table, "--target", "y", "--output", "out", "--quiet", *words)
    assert ended.status == 0, ended
    return json.loads((place / "out" / "profile.json").read_text(encoding="utf-8"))["table"]


def lines(separator, quote="", end="\n", header="n;price;word;y"):
    body = [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows()]
    return end.join([header.replace(";", separator), *body]) + end


DIALECTS = {
    "semicolons": (lines(";").encode(), {"delimiter": ";", "decimal_mark": ","}),
    "tabs": (lines("\t").encode(), {"delimiter": "\t", "decimal_mark": ","}),
    "quoted commas": (lines(",", '"').encode(), {"delimiter": ",", "decimal_mark": ","}),
    "blanks": (lines(", ", '"').encode(), {"padded": True, "decimal_mark": ","}),
    "comments": (("# from here, to there\n" + lines(";")).encode(), {"comment": "#", "comment_lines": 1}),
    "carriage returns": (lines(";", end="\r").encode(), {"line_ends": "cr"}),
    "UTF-16": (lines(";").encode("utf-16"), {"encoding": "utf-16"}),
    "UTF-16 without a mark": (lines(";").encode("utf-16-be"), {"encoding": "utf-16"}),
    "Windows-1252": (lines(";").replace("word", "w\u20acrd").encode("cp1252"), {"encoding": "windows-1252"}),
    "a NUL byte": (lines(";").replace(";a;", ";a\0;", 1).encode(), {"nul_bytes": 1}),
    "trailing": (lines(";", end=";\n").encode(), {"trailing": True}),
}


@pytest.mark.parametrize("content,expected", DIALECTS.values(), ids=DIALECTS)
def test_dialects(place, content, expected):
    (place / "table.csv").write_bytes(content)
    table = profile(place, "table.csv")
    assert table["rows"] == 200 and table["columns"] == 4, table
    assert expected.items() <= table["dialect"].items(), table["dialect"]
    assert table["ragged"]["count"] == 0 and table["sample"] is None, table


def test_ragged_rows_and_names(place):
    place.text("table.csv", "n,,n,y\n" + "".join(f"{i % 40},1,{i},{i % 2}\n" for i in range(100)) + "1,2\n1,2,3,0,5,6\n")
    table = profile(place, "table.csv")
    assert table["ragged"]["short"] == 1 and table["ragged"]["long"] == 1
    assert [line["line"] for line in table["ragged"]["lines"]] == [102, 103]
    assert table["renamed"] == [
        {"name": "column_2", "original": "", "place": 2},
        {"name": "n_2", "original": "n", "place": 3},
    ]


@pytest.mark.parametrize("name", ["table.jsonl", "table.ndjson.gz", "table.txt"])
def test_json_lines(place, name):
    content = "".join(
        json.dumps({"n": n, "about": {"word": word, "list": [n, 1]}, "y": y} | ({"rare": price} if n < 9 else {})) + "\n"
        for n, price, word, y in rows()
    ).encode()
    (place / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    table = profile(place, name)
    assert table["dialect"]["format"] == "json-lines" and table["columns"] == 5 and table["rows"] == 200


def test_a_sample_under_a_memory_limit(place):
    place.text("table.csv", "n,y\n" + "".join(f"{i * 7 % 901},{'rare' if i % 1000 == 3 else i % 2}\n" for i in range(100000)))
    table = profile(place, "table.csv", "--memory-limit", "1MB", command="plan")
    sample = table["sample"]
    assert sample["file_rows"] == 100000 and sample["kept_rows"] == table["rows"] < 20000
    assert sample["by_class"] and "memory limit" in sample["reason"]
    job = json.loads((place / "out" / "job.json").read_text(encoding="utf-8"))
    assert job["sample"]["kept_rows"] == table["rows"] and job["sample"]["reason"] == sample["reason"]


def test_parquet_without_its_library(place, monkeypatch):
    monkeypatch.setenv("PILOTAGE_DUCKDB_LIB", "/nowhere/libduckdb.so")
    (place / "table.parquet").write_bytes(b"PAR1" + bytes(20) + b"PAR1")
    ended = place.pilotage("profile", "table.parquet", "--target", "y")
    assert ended.status != 0 and is_one_sentence(ended) and "PILOTAGE_DUCKDB_LIB" in ended.err, ended
