"""Dates that can be read with either order of day and month: the plan and the settings of the analysis say which one is meant."""

import json
import random
import subprocess
import sys

import pytest
from command_line import COMMAND, ROOT, is_one_sentence


def rows(n=160):
    draw = random.Random(8)
    made = [
        [f"{draw.randint(1, 12):02d}/{draw.randint(1, 12):02d}/{draw.choice([2019, 2020])}", f"{draw.random():.3f}", draw.choice("ab")]
        for _ in range(n)
    ]
    made[7][0] = "01/12/2020"  # 12 January or 1 December
    return made


@pytest.fixture
def planned(place):
    place.table("t.csv", ["when", "x", "y"], rows())
    ended = place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--max-trials", "1", "--quiet")
    assert ended.status == 0, ended
    return place


def document(place, name):
    return json.loads((place / f"job/{name}.json").read_text())


def set_format(place, value):
    return place.pilotage("plan", "job", "--set", f"columns.when.format={value}")


def trials(place):
    ended = place.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    return {path.name for path in (place / "job/trials").iterdir()}


def test_the_plan_says_how_ambiguous_dates_are_read(planned):
    column = document(planned, "plan")["columns"]["when"]
    assert column["type"] == "datetime" and column["format"] == "%m/%d/%Y"
    assert "%d/%m/%Y" in column["reason"] and "plan" in column["reason"]


def test_clear_dates_have_no_format_to_set(place):
    made = [["28/02/2020", *row[1:]] if k == 3 else row for k, row in enumerate(rows())]
    place.table("t.csv", ["when", "x", "y"], made)
    assert place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--quiet").status == 0
    assert "format" not in document(place, "plan")["columns"]["when"]
    ended = set_format(place, "%m/%d/%Y")
    assert ended.status == 2 and is_one_sentence(ended) and "'when'" in ended.err, ended


def test_the_other_order_is_trained_with(planned):
    before = document(planned, "plan")
    first = trials(planned)
    assert set_format(planned, "%d/%m/%Y").status == 0
    assert document(planned, "plan")["columns"]["when"]["format"] == "%d/%m/%Y"
    assert document(planned, "plan")["pipelines"] == before["pipelines"]
    second = trials(planned)
    assert second - first, "dates with another meaning are another trial"
    ended = planned.pilotage("predict", "job", "t.csv")
    assert ended.status == 0 and len(ended.rows()) == 161, ended
    assert set_format(planned, "%m/%d/%Y").status == 0
    assert trials(planned) == second, "set back, the first trials are read again"


@pytest.mark.parametrize("value", ["%Y-%m-%d", "%d.%m.%Y", "nonsense", "''", "5"])
def test_another_format_is_refused(planned, value):
    before = document(planned, "plan")
    ended = set_format(planned, value)
    assert ended.status == 2 and is_one_sentence(ended), ended
    assert document(planned, "plan") == before


def configure(place, **settings):
    words = "import sys, json; from pilotage.profile import Profile; Profile('job').configure(**json.loads(sys.argv[1]))"
    environment = {"PYTHONPATH": str(ROOT / "python"), "PILOTAGE_LIBRARY": str(COMMAND.parent / "libpilotage.so"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-c", words, json.dumps(settings)], cwd=place.folder, env=environment, capture_output=True, text=True, timeout=60
    )


def dates(place):
    return next(column for column in document(place, "profile")["columns"] if column["name"] == "when")


def test_the_analysis_reads_the_column_again(planned):
    first = dates(planned)
    assert first["cells"]["other_format"] == "%d/%m/%Y"
    done = configure(planned, formats={"when": "%d/%m/%Y"})
    assert done.returncode == 0, done.stderr
    turned = dates(planned)
    assert turned["cells"]["format"] == "%d/%m/%Y" and turned["cells"]["other_format"] == "%m/%d/%Y"
    assert turned["valid"] == first["valid"] == 160 and turned["distinct"] == first["distinct"]
    days, months = [0] * 12, [0] * 12
    for cell, *_ in rows():
        months[int(cell[:2]) - 1] += 1
        days[int(cell[3:5]) - 1] += 1
    assert first["datetime"]["months"] == months and turned["datetime"]["months"] == days
    assert document(planned, "plan")["columns"]["when"]["format"] == "%d/%m/%Y"
    assert document(planned, "job")["analysis"]["formats"] == {"when": "%d/%m/%Y"}
    assert configure(planned, formats={"when": None}).returncode == 0
    assert dates(planned) == first
    assert document(planned, "plan")["columns"]["when"]["format"] == "%m/%d/%Y"


@pytest.mark.parametrize(
    "formats, words", [({"when": "%Y-%m-%d"}, "%m/%d/%Y"), ({"x": "%d/%m/%Y"}, "'x'"), ({"none": "%d"}, "'none'"), ({"when": 3}, "text")]
)
def test_a_wrong_setting_is_named(planned, formats, words):
    before = document(planned, "job")
    done = configure(planned, formats=formats)
    assert done.returncode == 1 and "UsageError" in done.stderr and words in done.stderr, done.stderr
    assert document(planned, "job") == before
