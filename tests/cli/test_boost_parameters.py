"""Parameters of boost that say what is known of a target: its loss, and columns along which it only rises or only falls."""

import random

import pytest
from command_line import Place


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """A planned job of boost alone on counts that fall with the dose and rise with age."""
    here = Place(tmp_path_factory.mktemp("visits"))
    draw = random.Random(1)
    rows = []
    for _ in range(300):
        age, dose, city = draw.randint(18, 90), draw.uniform(0, 5), draw.choice("abc")
        count = max(0, round(age / 30 + 2 * (city == "a") - dose + draw.gauss(0, 1)))
        rows.append([age if draw.random() > 0.1 else "", city, f"{dose:.3f}", count])
    here.table("visits.csv", ["age", "city", "dose", "visits"], rows)
    words = ("--problem-type", "regression", "--algorithms", "boost", "--max-trials", "1", "--quiet")
    ended = here.pilotage("plan", "visits.csv", "--target", "visits", "--output", "job", *words)
    assert ended.status == 0, ended
    return here


def set_static(place, name, value):
    return place.pilotage("plan", "job", "--set", f"candidates.dpp0-boost.static.{name}={value}", "--quiet")


def predicted(place, rows):
    place.table("new.csv", ["age", "city", "dose"], rows)
    ended = place.pilotage("predict", "job", "new.csv", "--candidate", "dpp0-boost")
    assert ended.status == 0, ended
    return [float(row[0]) for row in ended.rows()[1:]]


def test_a_count_that_only_falls(visits):
    for name, value in (("loss_function", '"Poisson"'), ("monotone_constraints", '{"dose": -1, "age": 1}')):
        ended = set_static(visits, name, value)
        assert ended.status == 0, ended
    ended = visits.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    rows = visits.pilotage("candidates", "job", "--json").json()
    assert next(row for row in rows if row["name"] == "dpp0-boost")["parameters"]["monotone_constraints"] == {"age": 1, "dose": -1}
    doses, ages = [step / 10 - 1 for step in range(80)], range(0, 120, 2)
    for city in ("a", "b", "new", ""):
        for age in ("", 20, 55):
            falling = predicted(visits, [[age, city, dose] for dose in doses])
            assert all(value > 0 for value in falling) and falling == sorted(falling, reverse=True) and falling[0] > falling[-1]
        rising = predicted(visits, [[age, city, 2] for age in ages])
        assert rising == sorted(rising) and rising[0] < rising[-1]


def test_what_a_plan_refuses(visits):
    for value, part in (('{"dose": 2}', "between -1 and 1"), ('{"dose": 0.5}', "whole numbers by name"), ('["dose"]', "an object")):
        ended = set_static(visits, "monotone_constraints", value)
        assert ended.status == 2 and part in ended.err, ended
    ended = set_static(visits, "loss_function", '"Poison"')
    assert ended.status == 2 and "did you mean 'Poisson'?" in ended.err, ended


def test_a_column_that_is_not_there(visits):
    ended = set_static(visits, "monotone_constraints", '{"dsoe": -1}')
    assert ended.status == 0, ended
    ended = visits.pilotage("tune", "job", "--quiet")
    rows = visits.pilotage("candidates", "job", "--json").json()
    failed = next(row for row in rows if row["name"] == "dpp0-boost")
    assert failed["status"] == "failed" and failed["error"].endswith("no column 'dsoe'; did you mean 'dose'?"), ended
