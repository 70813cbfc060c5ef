"""The development tables (PILOTAGE_DEV_DATA): each is planned as its README says it should be, within seconds."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("PILOTAGE_COMMAND", ROOT / "build" / "pilotage"))
DATA = Path(os.environ.get("PILOTAGE_DEV_DATA", "/nowhere"))

# name: (target, problem, positive class, rows of train, columns, {column: part of what the plan says of it})
TABLES = {
    "titanic": (
        "Survived",
        "binary",
        "1",
        713,
        12,
        {"PassengerId": {"role": "id"}, "Name": {"type": "text"}, "Sex": {"type": "categorical"}},
    ),
    "bank_additional": ("y", "binary", "yes", 32950, 21, {"job": {"type": "categorical"}, "duration": {"type": "numeric"}}),
    "california_housing": ("median_house_value", "regression", None, 16512, 10, {"ocean_proximity": {"type": "categorical"}}),
    "wine_quality_white": ("quality", "multiclass", None, 3918, 12, {"fixed acidity": {"type": "numeric"}}),
    "sms_spam": ("label", "binary", "spam", 4460, 2, {"text": {"type": "text", "role": "feature"}}),
    "german_credit": ("class", "binary", "2", 800, 21, {"checking_status": {"type": "categorical"}, "duration": {"type": "numeric"}}),
    "bike_sharing_hour": ("cnt", "regression", None, 13903, 17, {"instant": {"role": "id"}, "dteday": {"type": "datetime"}}),
    "covertype_15k": ("Cover_Type", "multiclass", None, 12001, 55, {"Soil_Type15": {"role": "constant"}}),
    "amazon_access": ("ACTION", "binary", "1", 26216, 10, {"RESOURCE": {"role": "feature"}}),
    "insurance": ("charges", "regression", None, 1070, 7, {"region": {"type": "categorical"}}),
    "hflights": ("ArrDelay", "regression", None, 80000, 21, {"Year": {"role": "constant"}, "TailNum": {"type": "categorical"}}),
    "animal_shelter": ("OutcomeType", "multiclass", None, 21384, 10, {"DateTime": {"type": "datetime"}, "Breed": {"type": "categorical"}}),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_plan_of_a_table(name, tmp_path):
    target, problem, positive, rows, n_columns, expected = TABLES[name]
    words = [COMMAND, "plan", DATA / name / "train.csv", "--target", target, "--output", tmp_path / "job", "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done
    plan = json.loads((tmp_path / "job/plan.json").read_text())
    assert (plan["problem_type"], plan["positive_class"]) == (problem, positive)
    assert json.loads((tmp_path / "job/profile.json").read_text())["table"]["rows"] == rows
    assert len(plan["columns"]) == n_columns and plan["columns"][target]["role"] == "target"
    for column, parts in expected.items():
        assert parts.items() <= plan["columns"][column].items(), (column, plan["columns"][column])
    assert len(plan["candidates"]) >= 6 or name == "sms_spam", plan["candidates"].keys()


def test_a_row_a_row(tmp_path):
    """A short job on the table with the most that can go wrong, and predictions for each row of its test part."""
    words = [
        COMMAND,
        "run",
        DATA / "sms_spam" / "train.csv",
        "--target",
        "label",
        "--output",
        tmp_path / "job",
        "--max-trials",
        "2",
        "--quiet",
    ]
    assert subprocess.run(words, capture_output=True, text=True, timeout=240).returncode == 0
    done = subprocess.run(
        [COMMAND, "predict", tmp_path / "job", DATA / "sms_spam" / "test.csv"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1115, done
