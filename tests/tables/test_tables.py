"""The development tables (PILOTAGE_DEV_DATA): each is planned as its README says it should be, within seconds."""

import csv
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


def all_of(names, token):
    return {name: [token] for name in names.split()}


# What each column is, as the README of the tables says: type by letter (n numeric, c categorical, t text, d datetime) and, behind
# it, role where it is no feature (i id, k constant, y target); then the missing tokens beside the empty cell, and the numbers that
# are categories as well.
MEANINGS = {
    "titanic": ("ni ny n t c n n n t n c c", {}, ["Pclass", "SibSp", "Parch"]),
    "bank_additional": (
        "n c c c c c c c c c n n n n c n n n n n cy",
        {"pdays": ["999"], **all_of("job marital education default housing loan", "unknown")},
        ["age", "campaign", "previous"],
    ),
    "california_housing": ("n n n n n n n n ny c", {}, ["housing_median_age"]),
    "wine_quality_white": ("n n n n n n n n n n n ny", {}, []),
    "sms_spam": ("cy t", {}, []),
    "german_credit": ("c n c c n c c n c c n c n c c n c n c c ny", {}, ["installment_commitment", "existing_credits"]),
    "bike_sharing_hour": ("ni d n n n n n n n n n n n n n n ny", {}, ["season", "mnth", "hr", "weekday", "weathersit"]),
    "covertype_15k": (" ".join(["n"] * 28 + ["nk"] + ["n"] * 25 + ["ny"]), {}, []),
    "amazon_access": ("ny n n n n n n n n n", {}, ["RESOURCE", "MGR_ID", "ROLE_CODE"]),
    "insurance": ("n c n n c c ny", {}, ["age", "children"]),
    "hflights": (
        "nk n n n n n c n c n n ny n c c n n n n c n",
        all_of("DepTime ArrTime ActualElapsedTime AirTime ArrDelay DepDelay TaxiIn TaxiOut", "NA"),
        ["Month", "DayofMonth", "DayOfWeek", "FlightNum"],
    ),
    "animal_shelter": ("ci c d cy c c c n c c", {"SexuponOutcome": ["Unknown"]}, []),
}
LETTERS = {"n": "numeric", "c": "categorical", "t": "text", "d": "datetime", "i": "id", "k": "constant", "y": "target"}


def check_meanings(name, columns):
    """Every column against MEANINGS."""
    words, tokens, dual = MEANINGS[name]
    assert len(words.split()) == len(columns)
    for (column, found), word in zip(columns.items(), words.split(), strict=True):
        wanted = (LETTERS[word[0]], LETTERS.get(word[1:], "feature"), tokens.get(column, []))
        assert (found["type"], found["role"], found["missing_tokens"]) == wanted, (column, found)
    for column in dual:
        assert "also take it as a category" in columns[column]["reason"], (column, columns[column])


# Every finding of each table, in the order of findings.json: a row is one that an expert would write down too. Columns are parted by |.
FINDINGS = list(csv.reader((Path(__file__).parent / "expected_findings.csv").read_text(encoding="utf-8").splitlines()))[1:]


def check_findings(name, found):
    wanted = [row[1:] for row in FINDINGS if row[0] == name]
    seen = [[row["id"], row["severity"], "|".join(row["columns"])] for row in found]
    assert wanted and seen == wanted, {
        "missed": [row for row in wanted if row not in seen],
        "not expected": [row for row in seen if row not in wanted],
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
    check_meanings(name, plan["columns"])
    check_findings(name, json.loads((tmp_path / "job/findings.json").read_text()))
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
