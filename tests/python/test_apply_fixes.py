"""Fixes of findings from Python: the kit of the exploration notebook, and AutoML."""

import random

import pytest


@pytest.fixture
def planned(tmp_path, engine):
    from pilotage import AutoML

    draw = random.Random(5)
    path = tmp_path / "t.csv"
    lines = ["x,again,<b>,label"]
    for _ in range(200):
        x = draw.gauss(0, 1)
        lines.append(f"{x:.3f},{x:.3f},{draw.choice('abc')},{draw.choice(['Yes', 'yes']) if x > 0 else 'no'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return AutoML("label", output=str(tmp_path / "job"), max_trials=1, quiet=True).plan(path)


def plan_of(automl):
    from pilotage._library import call_for_json

    return call_for_json("ptg_job_document", str(automl.job), "plan")


def test_fixes_by_name(planned):
    from pilotage.profile import Profile

    shown = Profile(planned.job).apply_fixes(["column-duplicate", "target-label-variants"])
    assert {(row["id"], row["state"]) for row in shown} == {("column-duplicate", "applied"), ("target-label-variants", "applied")}
    plan = plan_of(planned)
    assert plan["columns"]["again"]["role"] == "ignored" and plan["problem_type"] == "binary"
    assert "column-duplicate" in repr(shown) and "<td>" in shown._repr_html_()


def test_all_fixes_twice(planned):
    first, second = planned.apply_fixes(), planned.apply_fixes("all")
    assert {row["state"] for row in first} == {"applied"} and {row["state"] for row in second} == {"already"}


def test_names_of_columns_are_escaped():
    from pilotage._fixes import _bundle

    drawn = _bundle([{"state": "applied", "id": "column-duplicate", "columns": ["<b>"], "text": "a & b"}])
    assert "<b>" not in drawn["text/html"] and "&lt;b&gt;" in drawn["text/html"]
    assert _bundle([])["text/plain"].startswith("No finding")


def test_what_is_not_there_is_refused(planned):
    from pilotage.errors import UsageError

    before = plan_of(planned)
    with pytest.raises(UsageError, match="no finding 'column-ghost'"):
        planned.apply_fixes(["column-duplicate", "column-ghost"])
    with pytest.raises(UsageError, match="all, high, or findings by name"):
        planned.apply_fixes([])
    assert plan_of(planned) == before
