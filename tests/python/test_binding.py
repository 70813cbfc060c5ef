"""The binding: declarations up to date, errors of the right kinds, parameters, and plans built by the runner."""

import copy
import json
import subprocess
import sys

import pilotage
import pytest
from pilotage import interactive
from pilotage.errors import error_of
from pilotage.interactive import InteractiveRunner
from pilotage.parameters import CategoricalParameter, ContinuousParameter, IntegerParameter


def test_declarations_are_up_to_date(root):
    subprocess.run([sys.executable, root / "tools" / "generate_binding.py", "--check"], check=True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (1, RuntimeError),
        (2, ValueError),
        (3, ValueError),
        (4, MemoryError),
        (5, OSError),
        (6, ValueError),
        (7, ImportError),
        (8, TimeoutError),
        (9, RuntimeError),
    ],
)
def test_errors_are_what_users_expect(status, kind):
    error = error_of(status, "a sentence")
    assert isinstance(error, pilotage.PilotageError)
    assert isinstance(error, kind)
    assert str(error) == "a sentence"


@pytest.mark.parametrize(
    ("parameter", "plan"),
    [
        (IntegerParameter(2, 8), {"type": "integer", "min": 2, "max": 8, "scale": "linear"}),
        (IntegerParameter(2, 80), {"type": "integer", "min": 2, "max": 80, "scale": "log"}),
        (ContinuousParameter(0, 1), {"type": "continuous", "min": 0, "max": 1, "scale": "linear"}),
        (ContinuousParameter(0.1, 1, "Linear"), {"type": "continuous", "min": 0.1, "max": 1, "scale": "linear"}),
        (ContinuousParameter(0.1, 0.2, scaling_type="Logarithmic"), {"type": "continuous", "min": 0.1, "max": 0.2, "scale": "log"}),
        (CategoricalParameter(["a", 1, None]), {"type": "categorical", "values": ["a", 1, None]}),
        (CategoricalParameter("a"), {"type": "categorical", "values": ["a"]}),
    ],
)
def test_parameters(parameter, plan):
    assert parameter.to_plan() == plan
    assert eval(repr(parameter)) == parameter


@pytest.mark.parametrize(
    "make",
    [
        lambda: ContinuousParameter(2, 1),
        lambda: ContinuousParameter(float("nan"), 1),
        lambda: ContinuousParameter(0, 1, "Logarithmic"),
        lambda: ContinuousParameter(0, 1, "ReverseLogarithmic"),
        lambda: ContinuousParameter("0", 1),
        lambda: IntegerParameter(0.5, 1),
        lambda: CategoricalParameter([]),
    ],
)
def test_parameters_refuse(make):
    with pytest.raises((ValueError, TypeError)):
        make()


@pytest.fixture
def runner(monkeypatch, golden, tmp_path):
    """A runner on a plan in memory."""
    stored = json.loads((golden / "example_plan.json").read_text(encoding="utf-8"))
    state = {"plan": stored, "writes": 0}

    def call(name, job, text):
        assert name == "ptg_plan_edit"
        state["plan"] = json.loads(text)
        state["writes"] += 1

    monkeypatch.setattr(interactive, "call_for_json", lambda name, job, document: copy.deepcopy(state["plan"]))
    monkeypatch.setattr(interactive, "call", call)
    monkeypatch.setattr(interactive.Section, "of", classmethod(lambda cls, job, name: cls({"text/html": name, "text/plain": name})))
    made = InteractiveRunner(tmp_path)
    made.state = state
    return made


def candidate_of(plan, name):
    candidate = plan["candidates"][name]
    return {
        "name": name,
        "pipeline": copy.deepcopy(plan["pipelines"][candidate["pipeline"]]),
        **{part: copy.deepcopy(candidate[part]) for part in ("algorithm", "static", "ranges")},
    }


def test_the_unedited_plan_is_the_stored_one(runner):
    before = copy.deepcopy(runner.state["plan"])
    for name in ("dpp1-linear-learner", "dpp0-xgboost"):
        runner.select_candidate(candidate_of(before, name))
    assert runner.plan() == before
    runner.display_candidates()
    runner.configure(**before["tuning"])
    assert runner.state["writes"] == 0


def test_a_candidate_that_is_not_selected_is_switched_off(runner):
    before = runner.state["plan"]
    runner.select_candidate(candidate_of(before, "dpp0-xgboost"))
    plan = runner.plan()
    assert [name for name, candidate in plan["candidates"].items() if candidate["enabled"]] == ["dpp0-xgboost"]
    assert plan["pipelines"] == before["pipelines"]


def test_nothing_selected_is_an_error(runner):
    with pytest.raises(pilotage.UsageError, match="no candidate is selected"):
        runner.tune()


def test_an_edited_pipeline_that_is_shared_gets_its_own_name(runner):
    before = runner.state["plan"]
    before["candidates"]["dpp0-boost"] = {**copy.deepcopy(before["candidates"]["dpp0-xgboost"]), "algorithm": "boost"}
    edited = candidate_of(before, "dpp0-xgboost")
    edited["pipeline"][0]["parameters"]["strategy"] = "mean"
    runner.select_candidate(edited)
    runner.select_candidate(candidate_of(before, "dpp0-boost"))
    plan = runner.plan()
    assert plan["candidates"]["dpp0-boost"]["pipeline"] == "dpp0"
    assert plan["pipelines"]["dpp0"] == before["pipelines"]["dpp0"]
    assert plan["candidates"]["dpp0-xgboost"]["pipeline"] == "dpp3"
    assert plan["pipelines"]["dpp3"] == edited["pipeline"]


def test_an_edited_pipeline_of_one_candidate_keeps_its_name(runner):
    edited = candidate_of(runner.state["plan"], "dpp1-linear-learner")
    edited["pipeline"].pop()
    runner.select_candidate(edited)
    plan = runner.plan()
    assert plan["candidates"]["dpp1-linear-learner"]["pipeline"] == "dpp1"
    assert plan["pipelines"]["dpp1"] == edited["pipeline"]


def test_a_new_candidate(runner):
    runner.select_candidate(
        {"name": "mine-knn", "pipeline": [{"step": "RobustImputer", "columns": ["age"], "parameters": {}}], "algorithm": "knn"}
    )
    plan = runner.plan()
    assert plan["candidates"]["mine-knn"]["enabled"] is True
    assert plan["pipelines"][plan["candidates"]["mine-knn"]["pipeline"]][0]["step"] == "RobustImputer"
    assert plan["candidates"]["mine-knn"]["static"] == {}


@pytest.mark.parametrize(
    "candidate",
    [
        {"pipeline": [], "algorithm": "knn"},
        {"name": "a", "algorithm": "knn"},
        {"name": "a", "pipeline": []},
        {"name": "a", "pipeline": [], "algorithm": "knn", "range": {}},
    ],
)
def test_a_wrong_candidate_is_refused(runner, candidate):
    with pytest.raises(pilotage.UsageError):
        runner.select_candidate(candidate)


def test_columns_and_validation_are_written_at_once(runner):
    runner.columns({"age": {"type": "categorical"}})
    runner.validation(folds=5)
    runner.objective("log_loss")
    plan = runner.state["plan"]
    assert (plan["columns"]["age"]["type"], plan["columns"]["age"]["role"]) == ("categorical", "feature")
    assert plan["validation"]["folds"] == 5
    assert plan["objective"] == "log_loss"
    with pytest.raises(pilotage.UsageError, match="no column 'agee'"):
        runner.columns({"agee": {}})


def test_a_text_with_nul_is_refused():
    from pilotage._library import _encoded

    with pytest.raises(ValueError, match="NUL"):
        _encoded("a\0b")
