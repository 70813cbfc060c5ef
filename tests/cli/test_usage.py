"""Status 2: wrong usage. A table of command lines, what the sentence must name, and that nothing is written."""

import pytest
from command_line import HEADER, customers, is_one_sentence

RUN = ("run", "customers.csv", "--target", "bought")
NUMBERS = ("run", "customers.csv", "--target", "income")
CASES = {
    "no such command": (("fly",), ["fly", "help"]),
    "no table": (("run", "--target", "bought"), ["table"]),
    "two tables": (("run", "customers.csv", "other.csv", "--target", "bought"), ["table"]),
    "no target": (("run", "customers.csv"), ["--target"]),
    "unknown option": ((*RUN, "--tempo", "9"), ["--tempo"]),
    "option without value": ((*RUN, "--seed"), ["--seed"]),
    "option twice": ((*RUN, "--seed", "1", "--seed=2"), ["--seed is given twice"]),
    "two changes of a plan": (("plan", "nowhere", "--set", "seed=1", "--set", "seed=2"), ["--set is given twice"]),
    "empty value": ((*RUN, "--objective", ""), ["--objective"]),
    "flag with value": ((*RUN, "--refit=yes"), ["--refit"]),
    "seed is no number": ((*RUN, "--seed", "x"), ["--seed", "x"]),
    "seed is no whole number": ((*RUN, "--seed", "1.5"), ["--seed"]),
    "limit not above 0": ((*RUN, "--time-limit", "0"), ["--time-limit"]),
    "limit is not a number": ((*RUN, "--time-limit", "nan"), ["--time-limit"]),
    "no trials": ((*RUN, "--max-trials", "0"), ["--max-trials"]),
    "size is none": ((*RUN, "--memory-limit", "much"), ["--memory-limit", "much"]),
    "problem type": ((*RUN, "--problem-type", "guess"), ["--problem-type", "guess", "binary"]),
    "mode": ((*RUN, "--mode", "slow"), ["--mode", "slow"]),
    "unknown target": (("run", "customers.csv", "--target", "sold"), ["--target", "sold"]),
    "unknown group": ((*RUN, "--group", "house"), ["--group", "house"]),
    "unknown time": ((*RUN, "--time", "when"), ["--time", "when"]),
    "unknown weight": ((*RUN, "--weight", "mass"), ["--weight", "mass"]),
    "weight is the target": ((*RUN, "--weight", "bought"), ["--weight", "--target"]),
    "unknown positive": ((*RUN, "--positive", "perhaps"), ["perhaps"]),
    "positive of a regression": ((*NUMBERS, "--positive", "yes"), ["--positive"]),
    "unknown objective": ((*RUN, "--objective", "speed"), ["speed"]),
    "objective of regression": ((*RUN, "--objective", "rmse"), ["rmse", "binary"]),
    "objective of classes": ((*NUMBERS, "--objective", "auc"), ["auc", "regression"]),
    "objective of many classes": ((*RUN, "--objective", "f1_macro"), ["f1_macro"]),
    "quantile out of range": ((*NUMBERS, "--objective", "pinball:1.5"), ["pinball"]),
    "binary of numbers": ((*NUMBERS, "--problem-type", "binary"), ["binary"]),
    "regression of words": ((*RUN, "--problem-type", "regression"), ["regression"]),
    "one fold": ((*RUN, "--folds", "1"), ["--folds"]),
    "fraction": ((*RUN, "--validation-fraction", "1"), ["--validation-fraction"]),
    "folds and fraction": ((*RUN, "--folds", "3", "--validation-fraction", "0.2"), ["--folds", "--validation-fraction"]),
    "group and time": ((*RUN, "--group", "city", "--time", "joined"), ["--group", "--time"]),
    "time and folds": ((*RUN, "--time", "joined", "--folds", "3"), ["--time", "--folds"]),
    "unknown algorithm": ((*RUN, "--algorithms", "lightgbm,magic"), ["magic"]),
    "unknown compute": ((*RUN, "--compute", "moon"), ["moon", "local"]),
    "unknown instance": ((*RUN, "--instance", "ml.huge"), ["ml.huge"]),
    "instance over the machine": ((*RUN, "--instance", "local.4096x4"), ["local.4096x4"]),
    "preference": ((*RUN, "--prefer", "fast"), ["fast", "simple"]),
    "not built yet: request": ((*RUN, "--request", "x.json"), ["--request"]),
    "not built yet: warm start": ((*RUN, "--warm-start", "job"), ["--warm-start"]),
    "python objective": ((*RUN, "--objective", "python:m.f"), ["python"]),
    "python algorithm": ((*RUN, "--algorithms", "python:m.C()"), ["python"]),
    "tune without a job": (("tune",), ["job"]),
    "tune of a stranger's folder": (("tune", "."), ["job folder"]),
    "tune of nothing": (("tune", "nowhere"), ["nowhere"]),
    "tune takes no target": (("tune", "nowhere", "--target", "bought"), ["--target"]),
    "candidates of nothing": (("candidates", "nowhere"), ["nowhere"]),
    "predict without a table": (("predict", "nowhere"), ["table"]),
    "predict with a stranger": (("predict", "nowhere", "customers.csv"), ["nowhere"]),
    "notebook of nothing": (("notebook", "nowhere"), ["nowhere"]),
    "set without a value": (("plan", "nowhere", "--set", "seed"), ["--set"]),
    "edit and set": (("plan", "nowhere", "--edit", "x", "--set", "seed=1"), ["--edit", "--set"]),
    "help on nothing": (("help", "nothing"), ["nothing"]),
    "serve is not built yet": (("serve", "job"), ["serve"]),
    "report is not built yet": (("report", "job"), ["report"]),
}


@pytest.mark.parametrize("words,named", CASES.values(), ids=CASES)
def test_wrong_usage_is_one_sentence(place, words, named):
    place.table("customers.csv", HEADER, customers(120))
    ended = place.pilotage(*words)
    assert ended.status == 2, ended
    assert is_one_sentence(ended)
    for name in named:
        assert name in ended.err, ended
    assert place.names() == ["customers.csv"], "something was written"


def test_features_file(place):
    place.table("customers.csv", HEADER, customers(120))
    place.text("features.json", '{"FeatureAttributeNames": ["age", "wage"]}')
    ended = place.pilotage(*RUN, "--features", "features.json")
    assert ended.status == 2 and is_one_sentence(ended) and "wage" in ended.err, ended
    place.text("features.json", '{"FeatureAttributeNames": ["age"')
    ended = place.pilotage(*RUN, "--features", "features.json")
    assert ended.status in (1, 2) and is_one_sentence(ended) and "features.json" in ended.err, ended
    assert place.names() == ["customers.csv", "features.json"]


def test_a_name_with_control_characters_is_escaped(place):
    place.table("customers.csv", HEADER, customers(120))
    for words in (
        ("run", "customers.csv", "--target", "a\x1b[31mb\r\nc"),
        ("fly\x1b[31m\n",),
        (*RUN, "--te\x1bmpo", "1"),
        ("tune", "a\x1bb\nc"),
    ):
        ended = place.pilotage(*words)
        assert ended.status == 2 and is_one_sentence(ended), ended
        assert "\x1b" not in ended.err and "\r" not in ended.err


def test_long_names_are_cut(place):
    place.table("customers.csv", HEADER, customers(120))
    for words in (("run", "customers.csv", "--target", "x" * 5000), (*RUN, "--objective", "é" * 3000), ("tune", "n" * 3000)):
        ended = place.pilotage(*words)
        assert ended.status == 2 and is_one_sentence(ended), ended


def test_no_words_is_help_and_status_2(place):
    ended = place.pilotage()
    assert ended.status == 2, ended
    assert "pilotage run" in ended.out + ended.err
