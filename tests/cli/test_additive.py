"""The candidate that can be read: its functions in shapes.json are what predicts, and stand in the notebook."""

import bisect
import json
import math
import random

import pytest
from command_line import Place

COLUMNS = ["age", "city", "dose", "price"]


def rows_of(n, seed):
    draw = random.Random(seed)
    rows = []
    for _ in range(n):
        age, city, dose = draw.randint(18, 60), draw.choice(["a", "b", "c <b>"]), round(draw.uniform(0, 5), 1)
        price = age / 10 + 3 * (city == "a") + math.sin(dose) + (age > 40) * dose + draw.gauss(0, 0.2)
        rows.append([age if draw.random() > 0.1 else "", city if draw.random() > 0.05 else "", dose, round(price, 3)])
    return rows


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    here = Place(tmp_path_factory.mktemp("additive"))
    here.table("prices.csv", COLUMNS, rows_of(400, 1))
    words = ("--target", "price", "--problem-type", "regression", "--algorithms", "additive", "--folds", "3")
    here.run_job("prices.csv", *words, trials=4)
    return here


def shapes_of(place):
    return json.loads((place / "job" / "shapes.json").read_text())["candidates"]["dpp0-additive"]


def point_of(axis, value):
    """The place of a value on an axis; missing where there is such a point."""
    if axis["kind"] == "categorical":
        return axis["levels"].index(value or None)
    if value == "":
        return 0
    return bisect.bisect_left(axis["cuts"], value) + axis["missing"]


def size_of(axis):
    return len(axis["levels"]) if axis["kind"] == "categorical" else len(axis["cuts"]) + 1 + axis["missing"]


def summed(shapes, row):
    """What the functions say of a row, as a reader of the document would add them up."""
    values, total = dict(zip(COLUMNS, row, strict=True)), shapes["intercept"][0]
    for function in shapes["functions"]:
        place = 0
        for axis in function["axes"]:
            place = place * size_of(axis) + point_of(axis, values[axis["column"]])
        total += function["values"][0][place]
    return total


def test_the_functions_are_the_predictions(trained):
    """With the functions of one column: a pair's grid is coarser than the model."""
    ended = trained.pilotage("plan", "job", "--set", "candidates.dpp0-additive.ranges={}", "--quiet")
    assert ended.status == 0, ended
    ended = trained.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    shapes, new = shapes_of(trained), rows_of(100, 2)
    assert shapes["scale"] == "value" and shapes["outputs"] == ["price"] and shapes["models"] == 3
    assert {tuple(axis["column"] for axis in function["axes"]) for function in shapes["functions"]} == {("age",), ("city",), ("dose",)}
    trained.table("new.csv", COLUMNS, new)
    ended = trained.pilotage("predict", "job", "new.csv", "--candidate", "dpp0-additive")
    assert ended.status == 0, ended
    predicted = [float(row[0]) for row in ended.rows()[1:]]
    for row, value in zip(new, predicted, strict=True):
        assert summed(shapes, row) == pytest.approx(value, rel=1e-9)


def test_pairs_are_told_apart(trained):
    ended = trained.pilotage("plan", "job", "--set", "candidates.dpp0-additive.static.interaction_depth=2", "--quiet")
    assert ended.status == 0, ended
    ended = trained.pilotage("tune", "job", "--quiet")
    assert ended.status == 0, ended
    pairs = [function for function in shapes_of(trained)["functions"] if len(function["axes"]) == 2]
    assert pairs and [axis["column"] for axis in pairs[0]["axes"]] == ["age", "dose"], pairs
    assert pairs[0]["importance"] > 0.3 and "share" not in pairs[0]


def test_the_notebook_shows_them(trained):
    import nbformat

    ended = trained.pilotage("notebook", "job")
    assert ended.status == 0, ended
    notebook = nbformat.read(trained / "job" / "notebooks" / "PilotageCandidateDefinition.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell["id"] == "shapes")
    assert cell.source == "runner.shapes()"
    shown = cell.outputs[0].data
    assert shown["text/html"].count("<img") >= 4 and "c <b>" not in shown["text/html"]
    assert "what age adds" in shown["text/plain"]


def test_a_job_without_it_has_no_functions(finished):
    plan = json.loads((finished / "job" / "plan.json").read_text())
    trained = (finished / "job" / "shapes.json").exists()
    rows = finished.pilotage("candidates", "job", "--json").json()
    done = any(row["algorithm"] == "additive" and row["status"] == "completed" for row in rows)
    assert "dpp0-additive" in plan["candidates"] and trained == done
