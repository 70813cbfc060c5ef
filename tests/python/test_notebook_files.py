"""The golden notebooks, read by nbformat: valid, saved again without a difference, and code that builds the plan again."""

import ast
import io
import json

import nbformat
import pytest

NAMES = [
    "golden_exploration",
    "golden_exploration_regression",
    "golden_candidates_planned",
    "golden_candidates_finished",
    "golden_candidates_first",
]


@pytest.fixture(params=NAMES)
def path(request, golden):
    return golden / f"{request.param}.ipynb"


def test_valid_and_saved_without_a_difference(path):
    raw = path.read_bytes().decode("utf-8")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    again = io.StringIO()
    nbformat.write(notebook, again)
    assert again.getvalue() == raw


def test_ids_are_stable_names(path):
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert len(set(ids)) == len(ids)
    assert ids[0] == "title"


def test_outputs_hold_only_what_an_untrusted_notebook_shows(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            assert set(output.data) == {"text/html", "text/plain"}
            html = output.data["text/html"].lower()
            for bad in ("<script", "<style", "<svg", "javascript:", "onerror", "http://", "https://"):
                assert bad not in html


def test_code_is_python(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


class Recorder:
    """Takes the place of InteractiveRunner and keeps what the cells say."""

    def __init__(self):
        self.candidates, self.knobs, self.target = {}, {}, {}

    def select_candidate(self, candidate):
        ranges = {key: value.to_plan() if hasattr(value, "to_plan") else value for key, value in candidate["ranges"].items()}
        self.candidates[candidate["name"]] = {**candidate, "ranges": ranges}

    def configure(self, **changes):
        self.knobs = changes

    def compute(self, **changes):
        self.target = changes


@pytest.mark.parametrize("name", NAMES[2:])
def test_cells_build_the_plan(name, golden):
    from pilotage import parameters

    plan = json.loads((golden / "example_plan.json").read_text(encoding="utf-8"))
    runner = Recorder()
    scope = {"runner": runner, **{key: getattr(parameters, key) for key in parameters.__all__}}
    for cell in nbformat.read(golden / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and (cell.id.startswith("candidate-") or cell.id in ("knobs", "compute")):
            exec(cell.source, scope)
    wanted = {key: value for key, value in plan["candidates"].items() if value["enabled"]}
    assert set(runner.candidates) == set(wanted)
    for key, candidate in wanted.items():
        got = runner.candidates[key]
        assert got["pipeline"] == plan["pipelines"][candidate["pipeline"]]
        assert {part: got[part] for part in ("algorithm", "static", "ranges")} == {
            part: candidate[part] for part in ("algorithm", "static", "ranges")
        }
    assert runner.knobs == plan["tuning"]
    assert runner.target == plan["compute"]


def test_the_best_candidate_stands_first(golden):
    for name, first in (("planned", "dpp0-xgboost"), ("finished", "dpp1-linear-learner"), ("first", "dpp0-xgboost")):
        notebook = nbformat.read(golden / f"golden_candidates_{name}.ipynb", as_version=4)
        ids = [cell.id for cell in notebook.cells if cell.cell_type == "code" and cell.id.startswith("candidate-")]
        assert ids[0] == f"candidate-{first}"
        leaderboard = next(cell for cell in notebook.cells if cell.id == "leaderboard")
        assert bool(leaderboard.outputs) == (name != "planned")


def test_the_document_of_the_kit_has_each_section(golden):
    from pilotage.profile import Profile

    cells = nbformat.read(golden / "golden_exploration.ipynb", as_version=4).cells
    for cell in cells:
        if cell.cell_type == "code" and cell.id != "setup":
            assert callable(getattr(Profile, ast.parse(cell.source).body[0].value.func.attr))
