"""plan: before any training, --set and --edit, and what is refused inside a plan."""

import json

import jsonschema
import pytest
from command_line import HEADER, ROOT, customers, is_one_sentence

NO_CANDIDATE = ("ensemble", "baseline")


@pytest.fixture
def planned(place):
    place.table("customers.csv", HEADER, customers(160))
    ended = place.pilotage("plan", "customers.csv", "--target", "bought", "--output", "job", "--max-trials", "4", "--quiet")
    assert ended.status == 0, ended
    return place


def plan_of(place):
    return json.loads((place / "job/plan.json").read_text())


def edit_of(place, plan):
    place.text("edited.json", json.dumps(plan))
    return place.pilotage("plan", "job", "--edit", "edited.json")


def all_rows(place):
    return {row["name"]: row for row in place.pilotage("candidates", "job", "--all", "--json").json()}


def test_plan_stops_before_training(planned):
    assert not (planned / "job/model/best.ptg").exists()
    for name in ("PilotageDataExploration.ipynb", "PilotageCandidateDefinition.ipynb"):
        assert (planned / "job/notebooks" / name).exists()
    rows = planned.pilotage("candidates", "job", "--json").json()
    assert {row["status"] for row in rows} == {"planned"}
    assert {row["name"] for row in rows} - set(NO_CANDIDATE) == set(plan_of(planned)["candidates"])


def test_the_plan(planned):
    plan = plan_of(planned)
    assert set(plan) == {
        "version",
        "problem_type",
        "objective",
        "positive_class",
        "seed",
        "columns",
        "validation",
        "rows",
        "pipelines",
        "candidates",
        "tuning",
        "compute",
    }
    assert set(plan["columns"]) == set(HEADER)
    assert plan["columns"]["bought"]["role"] == "target" and plan["columns"]["joined"]["type"] == "datetime"
    assert all(column["reason"] for column in plan["columns"].values())
    assert all(candidate["reason"] and candidate["pipeline"] in plan["pipelines"] for candidate in plan["candidates"].values())
    assert len({(c["pipeline"], c["algorithm"]) for c in plan["candidates"].values()}) == len(plan["candidates"]) >= 6
    assert plan["validation"]["reason"] and plan["tuning"]["lag"] == 8


def test_the_plan_keeps_its_schema(planned):
    schemas = [
        path
        for path in ROOT.rglob("plan.schema.json")
        if "build" not in str(path.relative_to(ROOT)).split("/")[0] and ".venv" not in str(path)
    ]
    assert len(schemas) == 1, "plan.json has one JSON Schema in the repository"
    schema = json.loads(schemas[0].read_text())
    jsonschema.validate(plan_of(planned), schema)
    wrong = plan_of(planned)
    wrong["colour"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_tune_runs_the_plan(planned):
    ended = planned.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    assert (planned / "job/model/best.ptg").exists()
    assert len(set(all_rows(planned)) - set(NO_CANDIDATE)) == 4


def test_set(planned):
    name = next(name for name, candidate in plan_of(planned)["candidates"].items() if candidate["ranges"])
    for assignment in (
        f"candidates.{name}.enabled=false",
        "tuning.max_trials=3",
        '/columns/note/role="ignored"',
        "columns.age.type=categorical",
    ):
        ended = planned.pilotage("plan", "job", "--set", assignment)
        assert ended.status == 0, (assignment, ended)
    after = plan_of(planned)
    assert after["candidates"][name]["enabled"] is False and after["tuning"]["max_trials"] == 3
    assert after["columns"]["note"]["role"] == "ignored" and after["columns"]["age"]["type"] == "categorical"
    ended = planned.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    rows = all_rows(planned)
    assert len(set(rows) - set(NO_CANDIDATE)) == 3 and not [trial for trial in rows if trial.rsplit("-", 1)[0] == name]


def steps_of(plan, column):
    return {(name, step["step"]) for name, steps in plan["pipelines"].items() for step in steps if column in step["columns"]}


def test_set_of_a_column_brings_the_pipelines_along(planned):
    before = plan_of(planned)
    assert planned.pilotage("plan", "job", "--set", "columns.age.type=text").status == 0
    as_text = plan_of(planned)
    assert steps_of(as_text, "age") and not steps_of(as_text, "age") & steps_of(before, "age")
    assert {c: steps_of(as_text, c) for c in before["columns"] if c != "age"} == {
        c: steps_of(before, c) for c in before["columns"] if c != "age"
    }
    assert planned.pilotage("plan", "job", "--set", "columns.age.type=numeric").status == 0
    assert steps_of(plan_of(planned), "age") == steps_of(before, "age")


def test_a_column_that_becomes_a_feature_is_read(place):
    rows = [[f"K{i * 7919 % 9973}", f"L{i % 5}", int((i * 7) % 13 > 6)] for i in range(120)]
    place.table("t.csv", ["code", "level", "y"], rows)
    assert place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--quiet").status == 0
    plan = plan_of(place)
    assert plan["columns"]["code"]["role"] == "id" and not steps_of(plan, "code")
    assert place.pilotage("plan", "job", "--set", "columns.code.role=feature").status == 0
    assert {pipeline for pipeline, _ in steps_of(plan_of(place), "code")} == {pipeline for pipeline, _ in steps_of(plan, "level")}


def test_set_with_dots_in_a_name(place):
    place.table("t.csv", ["emp.var.rate", "x", "y"], [[i % 5, i % 7, int((i % 5 > 2) ^ (i % 11 == 0))] for i in range(120)])
    assert place.pilotage("plan", "t.csv", "--target", "y", "--output", "job", "--quiet").status == 0
    ended = place.pilotage("plan", "job", "--set", 'columns."emp.var.rate".role=ignored')
    assert ended.status == 0, ended
    assert plan_of(place)["columns"]["emp.var.rate"]["role"] == "ignored"


def test_an_edited_candidate_alone_is_trained_again(planned):
    """The proposals of all others stay as they were, so their trials are read."""
    trials = str(len(plan_of(planned)["candidates"]))
    assert planned.pilotage("tune", "job", "--max-trials", trials, "--quiet").status == 0
    before, plan = all_rows(planned), plan_of(planned)
    name = next(name for name, c in plan["candidates"].items() if c["algorithm"] == "lightgbm")
    parameter, removed = plan["candidates"][name]["ranges"].popitem()
    plan["candidates"][name]["static"][parameter] = removed["min"] if "min" in removed else removed["values"][0]
    ended = edit_of(planned, plan)
    assert ended.status == 0, ended
    assert planned.pilotage("tune", "job", "--max-trials", trials, "--quiet").status == 0
    after = all_rows(planned)
    for trial, row in before.items():
        if trial.rsplit("-", 1)[0] != name and trial not in NO_CANDIDATE:
            assert after[trial]["fit_seconds"] == row["fit_seconds"], f"{trial} was trained again"
    assert all(row["edited"] == (trial.rsplit("-", 1)[0] == name) for trial, row in after.items() if trial not in NO_CANDIDATE)


def test_a_candidate_of_ones_own(planned):
    plan = plan_of(planned)
    plan["pipelines"]["dpp77"] = [
        {"step": "RobustImputer", "columns": ["age", "income"], "parameters": {}},
        {"step": "ThresholdOneHotEncoder", "columns": "categorical", "parameters": {}},
    ]
    plan["candidates"] = {
        "mine": {"pipeline": "dpp77", "algorithm": "lightgbm", "static": {}, "ranges": {}, "enabled": True, "reason": "a test"}
    }
    ended = edit_of(planned, plan)
    assert ended.status == 0, ended
    ended = planned.pilotage("tune", "job", "--max-trials", "3", "--quiet")
    assert ended.status == 0, ended
    row = next(row for row in planned.pilotage("candidates", "job", "--json").json() if row["name"] == "mine")
    assert row["status"] == "completed" and row["planned"] is False, row


def put(path, value):
    """A change of one place of a plan."""

    def change(plan):
        at = plan
        *above, last = path.split("/")
        for key in above:
            at = at[key]
        at[last] = value

    return change


def candidate(**changed):
    return {"pipeline": "dpp0", "algorithm": "lightgbm", "static": {}, "ranges": {}, "enabled": True, "reason": "", **changed}


def step(**changed):
    return [{"step": "RobustImputer", "columns": ["age"], "parameters": {}, **changed}]


# name: (change of the plan, what the sentence must name)
WRONG_PLANS = {
    "unknown key": (put("colour", 1), ["colour"]),
    "version": (put("version", 99), ["version"]),
    "problem type": (put("problem_type", "guess"), ["problem_type"]),
    "objective": (put("objective", "rmse"), ["rmse"]),
    "positive class": (put("positive_class", "perhaps"), ["positive_class"]),
    "seed": (put("seed", "x"), ["seed"]),
    "no target": (put("columns/bought/role", "feature"), ["columns"]),
    "two targets": (put("columns/age/role", "target"), ["columns"]),
    "role": (put("columns/age/role", "king"), ["columns/age/role", "king"]),
    "type": (put("columns/age/type", "colour"), ["columns/age/type"]),
    "unknown column": (put("columns/ghost", {"type": "numeric", "role": "feature", "missing_tokens": [], "reason": ""}), ["ghost"]),
    "columns is no object": (put("columns", []), ["columns"]),
    "pipeline that is not there": (put("candidates/new", candidate(pipeline="dpp77")), ["dpp77"]),
    "algorithm that is not there": (put("candidates/new", candidate(algorithm="magic")), ["magic"]),
    "python algorithm": (put("candidates/new", candidate(algorithm="python:os.system")), ["python:os.system"]),
    "parameter": (put("candidates/new", candidate(static={"speed": 1})), ["speed"]),
    "parameter's bound": (put("candidates/new", candidate(static={"learning_rate": -1})), ["learning_rate"]),
    "range": (
        put("candidates/new", candidate(ranges={"learning_rate": {"type": "continuous", "min": 1, "max": 0.1, "scale": "log"}})),
        ["learning_rate"],
    ),
    "name of the ensemble": (put("candidates/ensemble", candidate()), ["ensemble"]),
    "step": (put("pipelines/dpp0", step(step="Magic")), ["Magic"]),
    "step's parameter": (put("pipelines/dpp0", step(parameters={"tempo": 1})), ["tempo"]),
    "step's column": (put("pipelines/dpp0", step(columns=["ghost"])), ["ghost"]),
    "lag": (put("tuning/lag", 0), ["lag"]),
    "folds": (put("validation/folds", 1), ["folds"]),
    "instance": (put("compute/instance", "ml.huge"), ["ml.huge"]),
    "target": (put("compute/target", "moon"), ["moon"]),
}


@pytest.mark.parametrize("change,named", WRONG_PLANS.values(), ids=WRONG_PLANS)
def test_a_wrong_plan_is_refused_with_its_path(planned, change, named):
    plan, before = plan_of(planned), (planned / "job/plan.json").read_bytes()
    change(plan)
    ended = edit_of(planned, plan)
    assert ended.status == 2, ended
    assert is_one_sentence(ended)
    assert all(name in ended.err for name in named), ended
    assert (planned / "job/plan.json").read_bytes() == before, "a refused plan was written"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "version": 1}', "null", '{"version": 1e999}', "[" * 5000])
def test_a_document_that_is_no_plan(planned, text):
    before = (planned / "job/plan.json").read_bytes()
    planned.text("edited.json", text)
    ended = planned.pilotage("plan", "job", "--edit", "edited.json")
    assert ended.status == 2 and is_one_sentence(ended), ended
    assert (planned / "job/plan.json").read_bytes() == before


@pytest.mark.parametrize("assignment", ["columns.ghost.type=text", "tuning.max_trials=many", "/tuning/colour=1", "=1", "a..b=1", "/a~9=1"])
def test_a_wrong_set(planned, assignment):
    before = (planned / "job/plan.json").read_bytes()
    ended = planned.pilotage("plan", "job", "--set", assignment)
    assert ended.status == 2 and is_one_sentence(ended), ended
    assert (planned / "job/plan.json").read_bytes() == before


def test_a_plan_edited_by_hand_is_checked_when_it_runs(planned):
    plan = plan_of(planned)
    plan["candidates"]["../../evil"] = candidate(pipeline="dpp77")
    planned.text("job/plan.json", json.dumps(plan))
    ended = planned.pilotage("tune", "job", "--quiet")
    assert ended.status == 2 and is_one_sentence(ended), ended


def test_a_failing_candidate_is_data(planned):
    """Its error stands on the leaderboard with a reason, or the plan is refused; nothing in between."""
    plan = plan_of(planned)
    plan["pipelines"]["dpp77"] = [{"step": "RobustStandardScaler", "columns": ["city"], "parameters": {}}]
    plan["candidates"]["odd"] = candidate(pipeline="dpp77", algorithm="linear-learner")
    ended = edit_of(planned, plan)
    if ended.status == 2:
        assert "dpp77" in ended.err and is_one_sentence(ended), ended
        return
    ended = planned.pilotage("tune", "job", "--max-trials", len(plan["candidates"]), "--quiet")
    assert ended.status == 0, ended
    row = next(row for row in planned.pilotage("candidates", "job", "--json").json() if row["name"] == "odd")
    assert row["status"] == "failed" and row["error"] and row["score"] is None, row
