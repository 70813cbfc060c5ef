"""plan --apply-fixes: fixes of findings change the plan, wholly or not at all, and the changed plan can be run."""

import json
import random

import jsonschema
import pytest
from command_line import ROOT, is_one_sentence

HEADER = ["x", "city", "count", "label"]


def rows(n=200, seed=3):
    draw = random.Random(seed)
    made = []
    for _ in range(n):
        x, city = draw.gauss(0, 1), draw.choice(["Bonn", "Ulm", "Jena"])
        label = draw.choice(["yes", "Yes", " YES"]) if x > 0.2 else "no"
        made.append([f"{x:.3f}", city, draw.randint(0, 9), label])
    return made


@pytest.fixture
def planned(place):
    place.table("t.csv", HEADER, rows())
    ended = place.pilotage("plan", "t.csv", "--target", "label", "--output", "job", "--max-trials", "1", "--quiet")
    assert ended.status == 0, ended
    return place


def plan_of(place):
    return json.loads((place / "job/plan.json").read_text())


def fixes(place, which, *more):
    return place.pilotage("plan", "job", "--apply-fixes", which, *more)


def test_a_fix_is_applied_and_said(planned):
    before = plan_of(planned)
    assert before["problem_type"] == "multiclass" and before["rows"]["labels"] == {}
    ended = fixes(planned, "target-label-variants")
    assert ended.status == 0 and ended.out.startswith("applied: target-label-variants on 'label'. Each spelling"), ended
    after = plan_of(planned)
    assert after["problem_type"] == "binary" and after["objective"] == "auc" and len(after["rows"]["labels"]) == 2
    again = fixes(planned, "all", "--json")
    assert again.status == 0
    assert [(row["id"], row["state"], row["columns"]) for row in again.json()] == [("target-label-variants", "already", ["label"])]
    assert plan_of(planned) == after
    notebook = (planned / "job/notebooks/PilotageCandidateDefinition.ipynb").read_text()
    assert "binary" in notebook


def test_tune_runs_the_mended_plan(planned):
    assert fixes(planned, "high").status == 0
    ended = planned.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    about = json.loads((planned / "job/job.json").read_text())
    assert about["problem_type"] == "binary" and len(about["classes"]) == 2 and "no" in about["classes"]
    predicted = planned.pilotage("predict", "job", "t.csv").rows()
    assert predicted[0] == ["prediction", *about["classes"]] and len(predicted) == 201


def test_a_plan_that_has_changed_is_left_as_it_is(planned):
    assert planned.pilotage("plan", "job", "--set", "problem_type=binary").status == 2
    edited = plan_of(planned)
    del edited["rows"]
    planned.text("edited.json", json.dumps(edited))
    assert planned.pilotage("plan", "job", "--edit", "edited.json").status == 0
    ended = fixes(planned, "target-label-variants")
    assert ended.status == 1 and ended.out.startswith("refused: target-label-variants on 'label'. /rows/labels"), ended
    assert plan_of(planned) == edited


@pytest.mark.parametrize(
    ("which", "part"),
    [
        ("target-label-variant", "did you mean 'target-label-variants'"),
        ("rows", "there is no finding 'rows'"),
        ("column-constant", "this job has no finding 'column-constant'"),
        ("target-label-variants:city", "on column 'city'"),
        ("", "all, high, or findings by name"),
        ("target-label-variants,ghost", "there is no finding 'ghost'"),
    ],
)
def test_what_cannot_be_applied_changes_nothing(planned, which, part):
    before = plan_of(planned)
    ended = fixes(planned, which)
    assert ended.status == 2 and part in ended.err and is_one_sentence(ended), ended
    assert plan_of(planned) == before


def test_it_excludes_other_edits(planned):
    ended = fixes(planned, "all", "--set", "seed=1")
    assert ended.status == 2 and "exclude each other" in ended.err, ended
    assert planned.pilotage("plan", "--apply-fixes", "all").status == 2
    assert planned.pilotage("plan", "nowhere", "--apply-fixes", "all").status == 2


def test_a_table_without_a_fix(place):
    place.table("t.csv", ["x", "y"], [[f"{i * 37 % 101 / 7:.2f}", i % 3] for i in range(90)])
    assert place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--max-trials", "1", "--quiet").status == 0
    ended = fixes(place, "high")
    assert ended.status == 0 and ended.out == "No finding that was asked for has a fix.\n", ended


def test_pipelines_follow_a_column_of_another_type(planned):
    """A fix that changes a type: the column leaves the steps of its old type and enters those of the new one."""
    findings = json.loads((planned / "job/findings.json").read_text())
    patch = [
        {"op": "test", "path": "/columns/city/type", "value": "categorical"},
        {"op": "replace", "path": "/columns/city/type", "value": "text"},
    ]
    findings.append({**findings[0], "id": "column-id", "columns": ["city"], "fix": patch})
    (planned / "job/findings.json").write_text(json.dumps(findings))
    ended = fixes(planned, "column-id:city")
    assert ended.status == 0 and ended.out.startswith("applied"), ended
    plan = plan_of(planned)
    for name, steps in plan["pipelines"].items():
        named = {step["step"] for step in steps if "city" in step["columns"]}
        assert named <= {"TextStatistics", "TextModelScore", "MultiColumnTfidfVectorizer"} and named, name
    assert planned.pilotage("tune", "job", "--quiet", "--max-trials", "8").status == 0
    table = planned.pilotage("candidates", "job", "--json").json()
    assert {row["status"] for row in table if row["algorithm"] not in ("baseline", "ensemble")} == {"completed"}, table


def spoiled(n=300, seed=5):
    """Every fix of columns at once: a number and a date with words, a copy; and spellings of labels."""
    draw = random.Random(seed)
    made = []
    for _ in range(n):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        date = f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        label = draw.choice(["yes", "YES"]) if a + b > 0 else "no"
        made.append(
            [
                f"{a:.3f}" if draw.random() > 0.04 else draw.choice(["bad", "see", "x?"]),
                f"{b:.3f}",
                f"{b:.3f}",
                date if draw.random() > 0.05 else "soon",
                label,
            ]
        )
    return made


def test_all_fixes_at_once(place):
    place.table("t.csv", ["a", "b", "copy", "d", "y"], spoiled())
    assert place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--max-trials", "3", "--quiet").status == 0
    ended = fixes(place, "all", "--json")
    assert ended.status == 0, ended
    states = {(row["id"], *row["columns"]): row["state"] for row in ended.json()}
    assert set(states.values()) <= {"applied", "already"}, states
    plan = plan_of(place)
    assert {name: (column["type"], column["role"]) for name, column in plan["columns"].items()} == {
        "a": ("numeric", "feature"),
        "b": ("numeric", "feature"),
        "copy": ("numeric", "ignored"),
        "d": ("datetime", "feature"),
        "y": ("categorical", "target"),
    }
    assert all("fix" not in column["reason"] and len(column["reason"]) > 20 for column in plan["columns"].values())
    jsonschema.validate(plan, json.loads((ROOT / "docs/formats/plan.schema.json").read_text()))
    ended = place.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    assert json.loads((place / "job/job.json").read_text())["problem_type"] == "binary"
