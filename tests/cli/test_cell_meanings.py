"""What cells mean, from the table through plan, tuning and prediction: the plan says it, can change it, and the model reads alike."""

import json
import random

import pytest

HEADER = ["pdays", "price", "age", "when", "clock", "walk", "month", "state", "size", "bought"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def row_of(draw):
    """One row, and its target, to which every column adds a little."""
    called = draw.random() < 0.7
    pdays, price, years = draw.randrange(28), draw.randrange(1, 9000), draw.randrange(1, 15)
    day, month, minutes = draw.randrange(1, 29), draw.randrange(12), draw.randrange(1440)
    walk = [draw.randrange(50) for _ in range(draw.randrange(1, 5))]
    state = draw.choice(["new", "used", "unknown"])
    score = called * (28 - pdays) / 20 + price / 4000 + years / 15 + minutes / 1440 + sum(walk) / 100 + (state == "new")
    return [
        pdays if called else 999,
        f"${price:,}.50",
        f"{years} years" if years > 1 else f"{draw.randrange(1, 11)} months",
        f"{day:02}/{month + 1:02}/2015 10:00",
        f"{minutes // 60}{minutes % 60:02}",
        json.dumps(walk),
        MONTHS[month],
        state,
        draw.choice(["small", "large", "none"]),
        "yes" if score + draw.gauss(0, 0.3) > 3 else "no",
    ]


@pytest.fixture(scope="module")
def rows():
    draw = random.Random(4)
    return [row_of(draw) for _ in range(400)]


@pytest.fixture
def planned(place, rows):
    place.table("customers.csv", HEADER, rows)
    words = ["customers.csv", "--target", "bought", "--output", "job", "--max-trials", "1", "--algorithms", "linear-learner", "--quiet"]
    ended = place.pilotage("plan", *words)
    assert ended.status == 0, ended
    return place


def columns_of(place):
    return json.loads((place / "job/plan.json").read_text())["columns"]


def tune(place):
    ended = place.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended


def predictions(place, table_rows):
    place.table("new.csv", HEADER[:-1], [row[:9] for row in table_rows])
    ended = place.pilotage("predict", "job", "new.csv")
    assert ended.status == 0, ended
    return ended.rows()[1:]


def test_the_plan_says_what_cells_mean(planned):
    columns = columns_of(planned)
    types = {name: column["type"] for name, column in columns.items()}
    assert types == {
        "pdays": "numeric",
        "price": "numeric",
        "age": "numeric",
        "when": "datetime",
        "clock": "numeric",
        "walk": "sequence",
        "month": "categorical",
        "state": "categorical",
        "size": "categorical",
        "bought": "categorical",
    }
    tokens = {name: column["missing_tokens"] for name, column in columns.items() if column["missing_tokens"]}
    assert tokens == {"pdays": ["999"], "state": ["unknown"]}
    assert "'999'" in columns["pdays"]["reason"] and "counts as missing" in columns["pdays"]["reason"]
    assert "'none'" in columns["size"]["reason"] and "is a value" in columns["size"]["reason"]
    assert "duration" in columns["age"]["reason"] and "HHMM" in columns["clock"]["reason"]
    assert "some pipelines also take it as a category" in columns["pdays"]["reason"]


def test_another_file_is_read_as_the_models(planned, rows):
    tune(planned)
    first = rows[:40]
    plain = [list(row) for row in first]
    for row in plain:
        row[0] = "" if row[0] == 999 else row[0]
        row[1] = row[1].replace("$", "").replace(",", "")
        row[7] = "" if row[7] == "unknown" else row[7]
    assert predictions(planned, first) == predictions(planned, plain)
    # The first row alone: neither 999 nor the order of day and month can be told from it.
    assert predictions(planned, first[:1]) == predictions(planned, first)[:1]


def test_tokens_are_overridden_in_the_plan(planned, rows):
    for change in ("columns.pdays.missing_tokens=[]", 'columns.size.missing_tokens=["none"]'):
        ended = planned.pilotage("plan", "job", "--set", change)
        assert ended.status == 0, ended
    columns = columns_of(planned)
    assert columns["pdays"]["missing_tokens"] == [] and columns["size"]["missing_tokens"] == ["none"]
    tune(planned)
    first = [row for row in rows if row[0] == 999 and row[8] == "none"][:10]
    emptied = [["" if at == 0 else cell for at, cell in enumerate(row)] for row in first]
    assert predictions(planned, first) != predictions(planned, emptied)  # 999 is a number now
    emptied = [["" if at == 8 else cell for at, cell in enumerate(row)] for row in first]
    assert predictions(planned, first) == predictions(planned, emptied)  # "none" is missing now


def test_a_validation_file_keeps_what_cells_mean(place, rows):
    place.table("customers.csv", HEADER, rows[:300])
    place.table("held.csv", HEADER, rows[300:])
    words = ["--output", "job", "--max-trials", "1", "--algorithms", "linear-learner", "--validation", "held.csv", "--quiet"]
    ended = place.pilotage("plan", "customers.csv", "--target", "bought", *words)
    assert ended.status == 0, ended
    assert columns_of(place)["pdays"]["missing_tokens"] == ["999"]
    tune(place)
    first = rows[:20]
    plain = [["" if row[0] == 999 else row[0], row[1].replace("$", "").replace(",", ""), *row[2:]] for row in first]
    assert predictions(place, first) == predictions(place, plain)
    later = [[*row[:3], row[3].replace("/2015", "/2035"), *row[4:]] for row in first]
    assert predictions(place, first) != predictions(place, later)  # dates are read in the model's format


def test_a_class_is_never_a_missing_token(place, rows):
    classes = {"yes": "unknown", "no": "none"}
    place.table("customers.csv", HEADER, [[*row[:9], classes[row[9]]] for row in rows] + [[*row[:9], "-"] for row in rows[:30]])
    ended = place.pilotage("plan", "customers.csv", "--target", "bought", "--output", "job", "--quiet")
    assert ended.status == 0, ended
    job = json.loads((place / "job/job.json").read_text())
    assert sorted(job["classes"]) == ["-", "none", "unknown"]
