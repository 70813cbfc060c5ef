"""The candidate notebook of a real job with one knob edited, run from top to bottom: the leaderboard changes, and what the edit
does not touch is read, not trained."""

import json
import re
import shutil
import subprocess

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NAME = "PilotageCandidateDefinition.ipynb"
LINEAR = "candidate-dpp2-linear-learner"
TIMES = ("fit_seconds", "predict_us_per_row", "cost")


class Job:
    """A copy of a finished job, and its candidate notebook."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "notebooks" / NAME
        self.notebook = nbformat.read(self.path, as_version=4)

    def cell(self, name):
        return next(cell for cell in self.notebook.cells if cell.id == name)

    def edit(self, name, pattern, replacement):
        cell = self.cell(name)
        cell.source, times = re.subn(pattern, replacement, cell.source)
        assert times == 1, cell.source

    def remove(self, name):
        self.notebook.cells.remove(self.cell(name))

    def run(self):
        NotebookClient(self.notebook, timeout=300, resources={"metadata": {"path": str(self.path.parent)}}).execute()

    def rows(self):
        """The leaderboard, a row a trial, by name and without times."""
        rows = json.loads((self.folder / "leaderboard.json").read_text(encoding="utf-8"))
        return {row["name"]: {key: value for key, value in row.items() if key not in TIMES} for row in rows}

    def plan(self):
        return json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))

    def keys(self):
        return {path.name for path in (self.folder / "trials").iterdir()}

    def counts(self):
        """(trained, read) as the tuning cell says it."""
        text = "".join(output.data["text/plain"] for output in self.cell("tune").outputs if "data" in output)
        found = re.search(r"(\d+) trials trained, (\d+) read", text)
        return int(found[1]), int(found[2])

    def shown(self):
        return self.cell("leaderboard").outputs[0].data["text/plain"]


@pytest.fixture
def job(engine, credit_job, tmp_path):
    shutil.copytree(credit_job, tmp_path / "job")
    return Job(tmp_path / "job")


def same_but(before, after, candidate):
    """Trials of all candidates but one are what they were, as far as both tables have them."""
    shared = {name for name in before if name in after and not name.startswith(candidate) and name != "ensemble"}
    assert len(shared) >= 3
    for name in shared:
        assert before[name] == after[name]


def test_a_step_changed(job):
    before = job.rows()
    job.edit(LINEAR, "'median'", "'mean'")
    job.edit(LINEAR, r"\{'step': 'RobustStandardScaler'", "{'step': 'QuantileNormalizer'")
    job.run()
    after = job.rows()
    same_but(before, after, "dpp2-linear-learner")
    assert after["dpp2-linear-learner-0"]["edited"] and after["dpp2-linear-learner-0"]["score"] != before["dpp2-linear-learner-0"]["score"]
    trained, read = job.counts()
    assert trained == sum(name.startswith("dpp2-linear-learner-") for name in after)
    assert trained + read == 8
    assert "edited" in job.shown()


def test_a_range_narrowed(job):
    before = job.rows()
    job.edit(LINEAR, r"'l2': ContinuousParameter\([^)]*\)", "'l2': ContinuousParameter(0.5, 0.9)")
    job.run()
    after = job.rows()
    same_but(before, after, "dpp2-linear-learner")
    mine = [row for name, row in after.items() if name.startswith("dpp2-linear-learner-")]
    assert mine and all(0.5 <= row["parameters"]["l2"] <= 0.9 and row["edited"] for row in mine)
    assert job.counts()[0] == len(mine)


def test_a_parameter_fixed(job):
    job.edit("candidate-dpp0-lightgbm", r"'static': \{", "'static': {'max_bin': 63, ")
    job.run()
    mine = [row for name, row in job.rows().items() if name.startswith("dpp0-lightgbm-")]
    assert mine and all(row["parameters"]["max_bin"] == 63 for row in mine)


def test_more_trials(job):
    before = job.rows()
    job.edit("knobs", "max_trials=8", "max_trials=11")
    job.run()
    after = job.rows()
    assert {name: row for name, row in after.items() if name in before and name != "ensemble"} == {
        name: row for name, row in before.items() if name != "ensemble"
    }
    assert len(set(after) - set(before)) == 3
    assert job.counts() == (3, 8)


def test_fewer_trials(job):
    job.edit("knobs", "max_trials=8", "max_trials=5")
    job.run()
    assert job.counts() == (0, 5)
    assert len([name for name in job.rows() if name not in ("ensemble", "baseline")]) == 5


@pytest.mark.parametrize("pattern", [("knobs", "parallel=None", "parallel=1"), ("compute", "instance='local'", "instance='local.1x4'")])
def test_parallelism_and_instance_change_no_score(job, pattern):
    before = job.rows()
    job.edit(*pattern)
    job.edit("knobs", "max_trials=8", "max_trials=9")
    job.run()
    assert job.counts() == (1, 8)
    same_but(before, job.rows(), "nothing")
    plan = job.plan()
    assert plan["tuning"]["parallel"] == 1 or plan["compute"]["instance"] == "local.1x4"


def test_a_candidate_left_out(job):
    job.remove(LINEAR)
    job.run()
    rows = job.rows()
    assert not any(name.startswith("dpp2-linear-learner") for name in rows)
    assert "dpp2-linear-learner" not in job.shown()
    assert job.plan()["candidates"]["dpp2-linear-learner"]["enabled"] is False
    assert job.counts()[1] >= 4


def test_an_algorithm_swapped(job):
    before = job.rows()
    cell = job.cell(LINEAR)
    cell.source = re.sub(r"'ranges': \{.*?\n    \},", "'ranges': {'eta': ContinuousParameter(0.05, 0.3)},", cell.source, flags=re.S)
    job.edit(LINEAR, "'algorithm': 'linear-learner'", "'algorithm': 'xgboost'")
    job.run()
    after = job.rows()
    same_but(before, after, "dpp2-linear-learner")
    assert after["dpp2-linear-learner-0"]["algorithm"] == "xgboost"
    unchanged = [name for name in after if name in before and not name.startswith(("dpp2-linear-learner", "ensemble", "baseline"))]
    assert job.counts() == (8 - len(unchanged), len(unchanged))


def test_a_candidate_copied_under_another_name(job):
    cell = nbformat.v4.new_code_cell(job.cell(LINEAR).source.replace("dpp2-linear-learner", "mine-linear"))
    cell.source = cell.source.replace("'median'", "'mean'")
    job.notebook.cells.insert(job.notebook.cells.index(job.cell(LINEAR)) + 1, cell)
    job.run()
    row = job.rows()["mine-linear-0"]
    assert row["status"] == "completed" and row["planned"] is False
    assert "mine-linear" in job.shown()


def test_the_objective(job):
    cell = job.cell("validation")
    cell.source = 'runner.objective("log_loss")'
    job.run()
    rows = job.rows()
    assert all(row["objective"] == "log_loss" and not row["greater_is_better"] for row in rows.values())
    assert "log_loss" in job.shown()
    assert rows["ensemble"]["score"] < rows["baseline"]["score"]


def test_validation_and_a_column(job):
    job.cell("validation").source = "runner.validation(folds=4)"
    job.cell("columns").source = 'runner.columns({"age": {"role": "ignored"}, "job": {"role": "ignored"}})'
    job.run()
    assert all(row["folds"] == 4 for row in job.rows().values())
    assert job.counts() == (8, 0)


def test_the_time_limit_starts_with_the_edited_plan(job):
    job.edit("knobs", "max_trials=8", "max_trials=None")
    job.edit("knobs", "time_limit=None", "time_limit=4")
    job.run()
    trained, read = job.counts()
    assert trained > 0 and read == 8
    again = Job(job.folder)
    again.notebook = nbformat.v4.new_notebook(cells=[cell for cell in job.notebook.cells])
    keys, rows = job.keys(), job.rows()
    again.run()
    assert again.counts() == (0, trained + read)
    assert again.rows() == rows and again.keys() == keys


def test_the_notebook_file_is_left_alone_while_it_runs(job):
    before = {path.name: path.read_bytes() for path in job.path.parent.iterdir()}
    job.edit("knobs", "max_trials=8", "max_trials=9")
    job.run()
    assert {path.name: path.read_bytes() for path in job.path.parent.iterdir()} == before


def test_an_edited_notebook_is_set_aside(job, command):
    job.edit("knobs", "max_trials=8", "max_trials=7")
    nbformat.write(job.notebook, job.path)
    mine = job.path.read_bytes()
    subprocess.run([command, "notebook", job.folder], check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert (job.path.parent / "PilotageCandidateDefinition-edited.ipynb").read_bytes() == mine
    assert job.path.read_bytes() != mine
    subprocess.run([command, "notebook", job.folder], check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert not (job.path.parent / "PilotageCandidateDefinition-edited-2.ipynb").exists()


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "words"),
    [
        (LINEAR, "'l2': Cont", "'l3': Cont", "l3"),
        (LINEAR, "'RobustImputer'", "'RobustImputor'", "RobustImputor"),
        (LINEAR, "'linear-learner',\n    'static'", "'linear-lerner',\n    'static'", "linear-lerner"),
        ("knobs", "max_trials=8", "max_trials=0", "max_trials"),
        ("knobs", "max_trials=8", "max_trials=None", "neither max_trials nor time_limit"),
        ("knobs", "mode='auto'", "mood='auto'", "mood"),
        ("compute", "instance='local'", "instance='local.99x4'", "local.99x4"),
    ],
)
def test_a_wrong_edit_is_one_sentence(job, name, pattern, replacement, words):
    before = job.rows()
    job.edit(name, pattern, replacement)
    with pytest.raises(CellExecutionError) as caught:
        job.run()
    assert caught.value.ename in ("UsageError", "DataError")
    assert words in caught.value.evalue and len(caught.value.evalue) < 400
    assert job.rows() == before
