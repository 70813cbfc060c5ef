"""Both notebooks of a real job, run from top to bottom by nbclient: same outputs, same plan, nothing trained again."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

EXPLORATION = "PilotageDataExploration.ipynb"
CANDIDATES = "PilotageCandidateDefinition.ipynb"


def run(job, name):
    """Run a notebook in its folder; return it as it was and as it came out."""
    path = job / "notebooks" / name
    before = nbformat.read(path, as_version=4)
    after = nbformat.read(path, as_version=4)
    NotebookClient(after, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    return before, after


def bundles(notebook):
    """The results of the cells by id, without what a display shows on the way."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "execute_result":
                found[cell.id] = dict(output.data)
    return found


def without_times(rows):
    times = ("fit_seconds", "predict_us_per_row", "cost")
    return [{key: value for key, value in row.items() if key not in times} for row in rows]


def test_exploration_shows_the_same_again(engine, finished_job):
    before, after = run(finished_job, EXPLORATION)
    assert bundles(after) == bundles(before)


def test_candidates_run_unedited_train_nothing(engine, finished_job):
    plan = json.loads((finished_job / "plan.json").read_text(encoding="utf-8"))
    rows = json.loads((finished_job / "leaderboard.json").read_text(encoding="utf-8"))
    trials = sorted(path.name for path in (finished_job / "trials").iterdir())
    _, after = run(finished_job, CANDIDATES)
    assert json.loads((finished_job / "plan.json").read_text(encoding="utf-8")) == plan
    assert sorted(path.name for path in (finished_job / "trials").iterdir()) == trials
    again = json.loads((finished_job / "leaderboard.json").read_text(encoding="utf-8"))
    assert without_times(again) == without_times(rows)
    shown = "".join(
        output.data.get("text/plain", "") for cell in after.cells if cell.id == "tune" for output in cell.outputs if "data" in output
    )
    assert "0 trials trained" in shown


def test_a_planned_notebook_runs_to_a_model(engine, planned_job):
    _, after = run(planned_job, CANDIDATES)
    assert (planned_job / "model" / "best.ptg").exists()
    assert "best_candidate" not in bundles(after) and "best" in bundles(after)


def test_the_command_executes_both(command, credit_job, tmp_path):
    job = tmp_path / "job"
    shutil.copytree(credit_job, job)
    environment = {**os.environ, "PILOTAGE_PYTHON": sys.executable}
    done = subprocess.run([command, "notebook", job, "--execute"], env=environment, timeout=300, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{job}/notebooks/{EXPLORATION}", f"{job}/notebooks/{CANDIDATES}"]
    for name in (EXPLORATION, CANDIDATES):
        notebook = nbformat.read(job / "notebooks" / name, as_version=4)
        nbformat.validate(notebook)
        counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
        assert counts == list(range(1, len(counts) + 1))
    # Running is no editing: written again, nothing is set aside.
    subprocess.run([command, "notebook", job], check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert sorted(path.name for path in (job / "notebooks").glob("*.ipynb")) == sorted((EXPLORATION, CANDIDATES))


@pytest.mark.parametrize("name", [EXPLORATION, CANDIDATES])
def test_written_notebooks_are_saved_without_a_difference(planned_job, name):
    path = planned_job / "notebooks" / name
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == path.read_text(encoding="utf-8")
