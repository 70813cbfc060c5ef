"""help, version, compute, notebook: what a user looks up."""

import json

import pytest

COMMANDS = ["run", "plan", "tune", "profile", "candidates", "predict", "notebook", "worker", "compute", "help", "version"]
NAMES = [
    "additive", "boost", "lightgbm", "xgboost", "random-forest", "extra-trees", "linear-learner", "baseline", "RobustImputer",
    "RobustMissingIndicator", "RobustStandardScaler", "ThresholdOneHotEncoder", "RobustOrdinalEncoder", "DateTimeVectorizer",
    "MultiColumnTfidfVectorizer", "TargetEncoder", "auc", "log_loss", "rmse", "quadratic_kappa", "column-id", "column-constant",
    "target-missing", "target-imbalance",
]  # fmt: skip
OPTIONS = [
    "output", "target", "problem-type", "positive", "objective", "mode", "time-limit", "max-trials", "trial-time-limit", "memory-limit",
    "parallel", "threads", "seed", "validation", "validation-fraction", "folds", "group", "time", "weight", "features", "algorithms",
    "compute", "instance", "refit", "prefer", "quiet", "json",
]  # fmt: skip
NOT_BUILT = ["cost-limit", "latency-limit", "warm-start", "replay", "search", "request", "trust-code"]


def test_version(place):
    ended = place.pilotage("version")
    assert ended.status == 0 and ended.out.startswith("pilotage 0.") and ended.err == "", ended
    assert place.pilotage("--version").out == ended.out


def test_help_lists_everything(place):
    ended = place.pilotage("help")
    assert ended.status == 0 and ended.err == "", ended
    for name in COMMANDS + NAMES:
        assert name in ended.out, name
    for name in ("serve", "report"):
        assert f"pilotage {name}" not in ended.out, f"{name} is not built yet"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_on_a_command(place, name):
    ended = place.pilotage("help", name)
    assert ended.status == 0 and f"pilotage {name}" in ended.out, ended
    assert place.pilotage(name, "--help").out == ended.out


def test_help_on_run_lists_the_options(place):
    out = place.pilotage("help", "run").out
    assert [name for name in OPTIONS if f"--{name}" not in out] == []
    assert [name for name in NOT_BUILT if f"--{name}" in out] == []


@pytest.mark.parametrize("name", NAMES)
def test_help_on_a_name(place, name):
    ended = place.pilotage("help", name)
    assert ended.status == 0 and name in ended.out and len(ended.out) > 60, ended


def test_compute(place):
    ended = place.pilotage("compute")
    assert ended.status == 0 and "local" in ended.out, ended
    ended = place.pilotage("compute", "--json")
    assert ended.status == 0, ended
    json.loads(ended.out)


def test_notebooks_are_written_again(finished):
    names = ["PilotageDataExploration.ipynb", "PilotageCandidateDefinition.ipynb"]
    before = [(finished / "job/notebooks" / name).read_bytes() for name in names]
    ended = finished.pilotage("notebook", "job")
    assert ended.status == 0 and all(name in ended.out for name in names), ended
    assert [(finished / "job/notebooks" / name).read_bytes() for name in names] == before, "the same job gives the same notebooks"
