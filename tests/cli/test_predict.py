"""predict: columns, order, missing features, header-only tables, damaged and hostile input."""

import csv
import math

import pytest
from command_line import HEADER, customers, is_one_sentence

FRESH = customers(30, seed=9)


@pytest.fixture(scope="module")
def base(finished):
    """The job and a table of new rows with their predictions."""
    finished.table("new.csv", HEADER[:-1], [row[:-1] for row in FRESH])
    ended = finished.pilotage("predict", "job", "new.csv")
    assert ended.status == 0, ended
    finished.predicted = ended.rows()
    return finished


def test_columns_and_rows(base):
    header, *rows = base.predicted
    assert header == ["prediction", "no", "yes"]
    assert len(rows) == len(FRESH)
    for label, no, yes in rows:
        assert label == ("yes" if float(yes) >= 0.5 else "no")
        assert math.isclose(float(no) + float(yes), 1, abs_tol=1e-9) and 0 < float(yes) < 1


def test_the_model_file_predicts_as_the_job_does(base):
    assert base.pilotage("predict", "job/model/best.ptg", "new.csv").rows() == base.predicted


def test_output_file(base):
    ended = base.pilotage("predict", "job", "new.csv", "--output", "out.csv")
    assert ended.status == 0 and ended.out == "", ended
    with (base / "out.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == base.predicted


def test_order_and_number_of_columns_do_not_matter(base):
    order = [4, 2, 0, 3, 1]
    base.table("shuffled.csv", ["extra", *(HEADER[i] for i in order)], [["=1+1", *(row[i] for i in order)] for row in FRESH])
    assert base.pilotage("predict", "job", "shuffled.csv").rows() == base.predicted


def test_delimiter_and_quoting_are_looked_at_again(base):
    base.table("semicolons.csv", HEADER[:-1], [row[:-1] for row in FRESH], delimiter=";")
    assert base.pilotage("predict", "job", "semicolons.csv").rows() == base.predicted


def test_a_row_does_not_depend_on_its_batch(base):
    base.table("one.csv", HEADER[:-1], [FRESH[7][:-1]])
    assert base.pilotage("predict", "job", "one.csv").rows()[1:] == base.predicted[8:9]


def test_keep(base):
    ended = base.pilotage("predict", "job", "new.csv", "--keep", "city,age")
    header, *rows = ended.rows()
    assert header == ["city", "age", "prediction", "no", "yes"], ended
    assert [row[:2] for row in rows] == [[row[2], str(row[0])] for row in FRESH]
    assert [row[2:] for row in rows] == base.predicted[1:]


def test_keep_of_an_unknown_column(base):
    ended = base.pilotage("predict", "job", "new.csv", "--keep", "town")
    assert ended.status == 2 and is_one_sentence(ended) and "town" in ended.err, ended


def test_a_missing_feature_is_refused_by_name(base):
    base.table("short.csv", ["age", *HEADER[2:-1]], [[row[0], *row[2:-1]] for row in FRESH])
    ended = base.pilotage("predict", "job", "short.csv", "--output", "short-out.csv")
    assert ended.status == 3 and is_one_sentence(ended) and "income" in ended.err and "--allow-missing" in ended.err, ended
    assert not (base / "short-out.csv").exists()
    ended = base.pilotage("predict", "job", "short.csv", "--allow-missing")
    assert ended.status == 0 and len(ended.rows()) == len(FRESH) + 1, ended


def test_header_only(base):
    base.table("none.csv", HEADER[:-1], [])
    ended = base.pilotage("predict", "job", "none.csv")
    assert ended.status == 0, ended
    assert ended.rows() == [["prediction", "no", "yes"]]


def test_unseen_levels_and_unparsable_cells(base):
    base.table(
        "odd.csv", HEADER[:-1], [["old", "1e999", "Atlantis", "soon", "z"], ["", "", "", "", ""], [-1, 0, "Bonn", "2024-13-45", "a"]]
    )
    ended = base.pilotage("predict", "job", "odd.csv")
    assert ended.status == 0 and len(ended.rows()) == 4, ended
    assert all(math.isfinite(float(cell)) for row in ended.rows()[1:] for cell in row[1:])


def test_every_candidate_predicts(base):
    rows = base.pilotage("candidates", "job", "--json").json()
    for row in rows:
        if row["status"] == "completed":
            ended = base.pilotage("predict", "job", "new.csv", "--candidate", row["name"])
            assert ended.status == 0 and len(ended.rows()) == len(FRESH) + 1, (row["name"], ended)


def test_an_unknown_candidate(base):
    ended = base.pilotage("predict", "job", "new.csv", "--candidate", "dpp9-magic")
    assert ended.status == 2 and is_one_sentence(ended) and "dpp9-magic" in ended.err, ended


def test_a_missing_table(base):
    ended = base.pilotage("predict", "job", "nowhere.csv")
    assert ended.status in (1, 2, 3) and is_one_sentence(ended) and "nowhere.csv" in ended.err, ended


def test_a_damaged_model(base):
    good = (base / "job/model/best.ptg").read_bytes()
    turned = [good[:at] + bytes([good[at] ^ 255]) + good[at + 1 :] for at in (0, 9, 60, 200, len(good) // 2, len(good) - 1)]
    for number, data in enumerate([good[: len(good) // 2], good[:-1], good + b"x", b"", b"a,b\n1,2\n", *turned]):
        (base / "damaged.ptg").write_bytes(data)
        ended = base.pilotage("predict", "damaged.ptg", "new.csv")
        assert ended.status in (1, 2) and is_one_sentence(ended) and "damaged.ptg" in ended.err, (number, ended)


def test_labels_that_collide_with_other_columns(place):
    """A label `prediction`, or one that repeats a kept column, is headed p(LABEL)."""
    place.table("table.csv", HEADER, customers(160, labels=("prediction", "age")))
    place.run_job("table.csv", "--target", "bought", "--algorithms", "lightgbm", trials=1)
    ended = place.pilotage("predict", "job", "table.csv", "--keep", "age")
    assert ended.status == 0 and ended.rows()[0] == ["age", "prediction", "p(age)", "p(prediction)"], ended


def test_numeric_labels_stand_in_order_of_value(place):
    rows = [[*row[:3], ["10", "9", "2"][(i + (row[5] == "yes")) % 3]] for i, row in enumerate(customers(240))]
    place.table("table.csv", ["age", "income", "city", "grade"], rows)
    place.run_job("table.csv", "--target", "grade", "--algorithms", "lightgbm", trials=1)
    ended = place.pilotage("predict", "job", "table.csv")
    assert ended.rows()[0] == ["prediction", "2", "9", "10"], ended
    assert {row[0] for row in ended.rows()[1:]} <= {"2", "9", "10"}


def test_regression_writes_one_number(place):
    place.table("table.csv", HEADER, customers(160))
    place.run_job("table.csv", "--target", "income", trials=3)
    ended = place.pilotage("predict", "job", "table.csv")
    assert ended.rows()[0] == ["prediction"] and len(ended.rows()) == 161, ended
    assert all(math.isfinite(float(row[0])) for row in ended.rows()[1:])


def test_kept_cells_come_as_they_came(place):
    """RFC 4180 quoting and nothing altered, also what a spreadsheet would run."""
    odd = ['=HYPERLINK("x")', "a,b", 'say "hi"', "two\nlines", "+1", "", " blank ", "007"]
    rows = customers(160)
    place.table("table.csv", ["odd", *HEADER], [[odd[i % len(odd)], *row] for i, row in enumerate(rows)])
    place.run_job("table.csv", "--target", "bought", "--algorithms", "lightgbm", trials=1)
    ended = place.pilotage("predict", "job", "table.csv", "--keep", "odd")
    got = [row[0] for row in csv.reader(ended.out.splitlines(keepends=True))][1:]
    assert got == [odd[i % len(odd)] for i in range(len(rows))], ended
