"""Status 3: the data was refused. A table of tables; a refused one leaves nothing behind."""

import pytest
from command_line import HEADER, customers, is_one_sentence


def table(n, value, header=("x", "y")):
    return list(header), [value(i) for i in range(n)]


def with_column(name, value, n=120):
    return [*HEADER, name], [[*row, value(i)] for i, row in enumerate(customers(n))]


# name: (header and rows, options, what the sentence must name)
TABLES = {
    "no rows": ((HEADER, []), ("--target", "bought"), ["rows"]),
    "one distinct target": (table(60, lambda i: [i, "a"]), ("--target", "y"), ["y"]),
    "target all missing": (table(60, lambda i: [i, ""]), ("--target", "y"), ["y"]),
    "all features missing": (table(60, lambda i: ["", i % 2]), ("--target", "y"), ["feature"]),
    "target alone": (table(60, lambda i: [i % 2], ["y"]), ("--target", "y"), ["feature"]),
    "19 rows": (table(19, lambda i: [i % 7, i % 2]), ("--target", "y"), ["19", "20"]),
    "19 labelled rows": (table(60, lambda i: [i % 7, i % 2 if i < 19 else ""]), ("--target", "y"), ["19"]),
    "4 rows of a class": (table(60, lambda i: [i % 7, int(i < 4)]), ("--target", "y"), ["4", "5"]),
    "folds over rows": (table(30, lambda i: [i % 7, i % 2]), ("--target", "y", "--folds", "40"), ["--folds"]),
    "negative weight": (with_column("mass", lambda i: -1 if i == 7 else 1), ("--target", "bought", "--weight", "mass"), ["mass"]),
    "weights all zero": (with_column("mass", lambda i: 0), ("--target", "bought", "--weight", "mass"), ["mass"]),
    "weight is no number": (with_column("mass", lambda i: "heavy"), ("--target", "bought", "--weight", "mass"), ["mass"]),
    "fewer groups than folds": (
        with_column("house", lambda i: "ab"[i % 2]),
        ("--target", "bought", "--group", "house", "--folds", "3"),
        ["house"],
    ),
    "time is no time": (with_column("when", lambda i: f"word{i} of text"), ("--target", "bought", "--time", "when"), ["when"]),
    "nothing but an id": (table(60, lambda i: [i, i % 2]), ("--target", "y"), ["feature"]),
    "rmsle of negatives": (table(60, lambda i: [i % 7, i - 5.5]), ("--target", "y", "--objective", "rmsle"), ["rmsle"]),
    "text target": (table(60, lambda i: [i, f"sentence number {i}"]), ("--target", "y"), ["y"]),
    "no class to score": (
        table(60, lambda i: [i % 7, "a" if i > 2 else "bcd"[i]]),
        ("--target", "y", "--problem-type", "multiclass"),
        ["class"],
    ),
}


@pytest.mark.parametrize("command", ["run", "plan"])
@pytest.mark.parametrize("content,options,named", TABLES.values(), ids=TABLES)
def test_refused_data_is_one_sentence(place, command, content, options, named):
    place.table("table.csv", *content)
    ended = place.pilotage(command, "table.csv", *options, "--max-trials", "2", "--quiet")
    assert ended.status == 3, ended
    assert is_one_sentence(ended)
    for name in named:
        assert name in ended.err, ended
    assert place.names() == ["table.csv"], "a refused table leaves something behind"


ROWS = b"".join(b'%d,"a, %d",%d\n' % (i % 7, i % 3, i % 2) for i in range(40))
FILES = {
    "empty": ("table.csv", b"", []),
    "NUL bytes": ("table.csv", b"x,z,y\n1,\x00\x00\x00\x00\x00\x00\x00\x00\x002,1\n" + ROWS, ["2"]),
    "workbook": ("table.xlsx", b"PK\x03\x04\x14\x00\x00\x00" + ROWS, ["Excel", "CSV"]),
    "Arrow": ("table.arrow", b"ARROW1\x00\x00" + ROWS, ["Arrow", "pyarrow"]),
    "cut Parquet": ("table.parquet", b"PAR1\x00\x00" + ROWS, ["Parquet"]),
    "broken JSON line": ("table.jsonl", b'{"x":1,"y":0}\n{"x":2,"y":}\n', ["line 2", "JSON object"]),
    "JSON array": ("table.jsonl", b'[{"x":1,"y":0}]\n', ["line 1", "{"]),
    "open quote": ("table.csv", b"x,z,y\n" + ROWS + b'1,"open,1\n', ["42"]),
    "damaged gzip": ("table.csv.gz", b"\x1f\x8b\x08broken", []),
}


@pytest.mark.parametrize("name,data,named", FILES.values(), ids=FILES)
def test_refused_files(place, name, data, named):
    (place / name).write_bytes(data)
    ended = place.pilotage("run", name, "--target", "y", "--max-trials", "2", "--quiet")
    assert ended.status == 3, ended
    assert is_one_sentence(ended)
    assert all(part in ended.err for part in [name, *named]), ended
    assert place.names() == [name]


def test_missing_file(place):
    ended = place.pilotage("run", "nowhere.csv", "--target", "y")
    assert ended.status in (1, 2, 3) and is_one_sentence(ended) and "nowhere.csv" in ended.err, ended
    assert place.names() == []


def test_validation_file_without_a_column(place):
    place.table("train.csv", HEADER, customers(120))
    place.table("other.csv", HEADER[1:], [row[1:] for row in customers(60, seed=2)])
    ended = place.pilotage("run", "train.csv", "--target", "bought", "--validation", "other.csv", "--max-trials", "2", "--quiet")
    assert ended.status == 3 and is_one_sentence(ended) and "age" in ended.err and "other.csv" in ended.err, ended
    assert place.names() == ["other.csv", "train.csv"]


def test_validation_file_without_a_known_label(place):
    place.table("train.csv", HEADER, customers(120))
    place.table("other.csv", HEADER, [[*row[:-1], "perhaps"] for row in customers(60, seed=2)])
    ended = place.pilotage("run", "train.csv", "--target", "bought", "--validation", "other.csv", "--max-trials", "2", "--quiet")
    assert ended.status == 3 and is_one_sentence(ended), ended
    assert place.names() == ["other.csv", "train.csv"]


def test_hostile_names_are_escaped_in_a_refusal(place):
    name = "y\x1b[31m\u202e"
    place.table("table.csv", ["x", name], [[i, "a"] for i in range(60)])
    ended = place.pilotage("run", "table.csv", "--target", name, "--max-trials", "2", "--quiet")
    assert ended.status == 3 and is_one_sentence(ended), ended
    assert "\x1b" not in ended.err and "\u202e" not in ended.err


def test_refusal_in_json(place):
    place.table("table.csv", *table(19, lambda i: [i % 7, i % 2]))
    ended = place.pilotage("run", "table.csv", "--target", "y", "--json")
    assert ended.status == 3, ended
    end = ended.events()[-1]
    assert end["event"] == "end" and end["exit_status"] == 3 and end["best"] is None, ended
    assert place.names() == ["table.csv"]


def test_rows_without_a_target_change_nothing(place):
    header, rows = HEADER, customers(160)
    place.table("clean.csv", header, rows)
    place.table("gaps.csv", header, rows + [[*row[:-1], ""] for row in customers(40, seed=1)])
    for name in ("clean", "gaps"):
        place.run_job(f"{name}.csv", "--target", "bought", "--algorithms", "lightgbm", "--folds", "3", output=name, trials=1)
    one, two = (place.pilotage("candidates", name, "--json").json() for name in ("clean", "gaps"))
    # Columns may be binned over all rows, so scores may move a little, but not by what 40 wrong labels would do.
    for row in one:
        other = next(r for r in two if r["name"] == row["name"])
        assert abs(row["score"] - other["score"]) < 0.05


def test_rows_of_weight_zero_count_nothing(place):
    """Labels turned round in rows of weight zero leave the score where it was."""
    header = [*HEADER, "mass"]
    rows = [[*row, 1] for row in customers(160)]
    wrong = [[*row[:-1], {"no": "yes", "yes": "no"}[row[-1]], 0] for row in customers(160)]
    place.table("clean.csv", header, rows)
    place.table("zeros.csv", header, rows + wrong)
    for name in ("clean", "zeros"):
        place.run_job(
            f"{name}.csv", "--target", "bought", "--weight", "mass", "--algorithms", "lightgbm", "--folds", "3", output=name, trials=1
        )
    scores = [{r["name"]: r["score"] for r in place.pilotage("candidates", name, "--json").json()} for name in ("clean", "zeros")]
    for name, score in scores[0].items():
        assert abs(score - scores[1][name]) < 0.1, scores


def test_an_infinite_target_counts_as_missing(place):
    rows = [[i % 11, (i % 11) * 2 + (i % 3)] for i in range(150)]
    place.table("table.csv", ["x", "y"], [*rows, [3, "inf"], [4, "-inf"], [5, "1e400"]])
    job = place.run_job("table.csv", "--target", "y", "--problem-type", "regression", trials=2)
    ended = place.pilotage("candidates", job, "--json")
    assert any(row["score"] is not None for row in ended.json())
    assert all(row["score"] is None or row["score"] < 100 for row in ended.json()), ended


def test_ragged_rows_are_read_and_counted(place):
    lines = ["x,z,y"] + [f"{i % 7},{i % 5},{i % 2}" for i in range(80)]
    lines[10] += ",9"
    lines[20] = "3"
    place.text("table.csv", "\n".join(lines) + "\n")
    place.run_job("table.csv", "--target", "y", trials=1)
    assert "11" in (place / "job/profile.json").read_text() and "21" in (place / "job/profile.json").read_text()
