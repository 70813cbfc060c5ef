"""Drift between the first rows in time and the last: in profile.json always, as a finding where a split by time was asked for."""

import json
import random

import pytest


def rows(drifting, ordered=True, n=1500):
    draw = random.Random(12)
    made = []
    for k in range(n):
        shift = 3 if drifting and k >= 0.8 * n else 0
        day = f"2020-{1 + k * 12 // n:02d}-{1 + k * 336 // n % 28:02d}"
        made.append([day, f"{draw.gauss(shift, 1):.3f}", f"{draw.gauss(0, 1):.3f}", draw.choice("ab")])
    if not ordered:
        draw.shuffle(made)
    return made


@pytest.fixture
def look(place):
    def profile(made, *words, header=("day", "x", "z", "y")):
        place.table("t.csv", header, made)
        ended = place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--quiet", "--max-trials", "1", *words)
        assert ended.status == 0, ended
        drift = json.loads((place / "job/profile.json").read_text())["checks"]["drift_time"]
        findings = json.loads((place / "job/findings.json").read_text())
        return drift, [row for row in findings if row["id"] == "drift-validation"]

    return profile


@pytest.mark.parametrize("ordered", [True, False])
def test_a_split_by_time_that_drifts_is_a_finding(look, ordered):
    drift, found = look(rows(True, ordered), "--time", "day")
    assert drift["by"] == "day" and drift["auc"] > 0.9 and drift["columns"][0]["column"] == "x"
    assert drift["last_rows"] == 303 and drift["first_rows"] == 1197  # days are not cut apart
    assert [row["severity"] for row in found] == ["high"] and found[0]["columns"] == ["x"] and found[0]["fix"] is None
    assert "in time" in found[0]["text"]


def test_without_such_a_split_it_is_a_fact(look):
    drift, found = look(rows(True))
    assert drift["by"] == "day" and drift["auc"] > 0.9 and found == []


def test_what_does_not_change_has_not_drifted(look):
    drift, found = look(rows(False), "--time", "day")
    assert abs(drift["auc"] - 0.5) < 0.06 and drift["columns"] == [] and found == []


def test_the_order_of_rows_counts_where_there_is_no_date(look):
    made = [row[1:] for row in rows(True)]
    drift, found = look(made, header=("x", "z", "y"))
    assert drift["by"] is None and drift["auc"] > 0.9 and found == []
