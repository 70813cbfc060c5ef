"""The settings of the analysis: unedited they change nothing, edited they change the analysis, the notebook's sections and the plan,
and set back they give the first analysis again."""

import json
import shutil
import subprocess

import nbformat
import pytest
from nbclient import NotebookClient
from pilotage.errors import DataError, UsageError
from pilotage.profile import Profile

NAME = "PilotageDataExploration.ipynb"
DOCUMENTS = ("job.json", "profile.json", "findings.json", "plan.json", "data/planned.json")


@pytest.fixture(scope="module")
def planned(command, tmp_path_factory):
    """A planned job: a column of codes, a token that counts as missing, a skewed column, an id."""
    folder = tmp_path_factory.mktemp("settings")
    lines = ["id,code,size,word,label"]
    for row in range(240):
        word = "n/a" if row % 11 == 0 else ("red", "green", "blue")[row % 3]
        lines.append(f"{row + 1},{row % 7},{row * row % 101 / 10},{word},{'yes' if row % 7 in (2, 5) or row % 13 == 0 else 'no'}")
    (folder / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = ["--max-trials", "3", "--algorithms", "linear-learner,lightgbm", "--quiet"]
    subprocess.run(
        [command, "plan", folder / "table.csv", "--target", "label", "--output", folder / "job", *options], check=True, timeout=100
    )
    return folder / "job"


@pytest.fixture
def job(engine, planned, tmp_path):
    shutil.copytree(planned, tmp_path / "job")
    return tmp_path / "job"


def documents(job):
    return {name: json.loads((job / name).read_text(encoding="utf-8")) for name in DOCUMENTS if (job / name).exists()}


def column(job, name, document="profile.json"):
    found = json.loads((job / document).read_text(encoding="utf-8"))["columns"]
    return found[name] if isinstance(found, dict) else next(one for one in found if one["name"] == name)


def run_notebook(job, edit=None):
    notebook = nbformat.read(job / "notebooks" / NAME, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "settings")
    if edit:
        before = cell.source
        cell.source = before.replace(*edit)
        assert cell.source != before
    NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(job / "notebooks")}}).execute()
    return {cell.id: cell.outputs[-1].data["text/plain"] for cell in notebook.cells if cell.get("outputs")}


def test_the_cell_unedited_changes_no_file(job):
    before = {path: path.read_bytes() for path in job.rglob("*") if path.is_file()}
    shown = run_notebook(job)
    assert {path: path.read_bytes() for path in job.rglob("*") if path.is_file()} == before
    assert "Nothing was changed" in shown["settings"]


def test_a_type_edited_shows_in_all_sections_and_in_the_plan(job):
    written = nbformat.read(job / "notebooks" / NAME, as_version=4)
    before = {cell.id: cell.outputs[-1].data["text/plain"] for cell in written.cells if cell.get("outputs")}
    after = run_notebook(job, ("'code': 'numeric'", "'code': 'categorical'"))
    assert "code" in after["settings"] and "categorical" in after["settings"]
    for section in ("dataset", "sample", "statistics", "cardinality", "column_charts"):
        assert after[section] != before[section], section
    assert column(job, "code")["type"] == "categorical"
    assert column(job, "code", "plan.json")["type"] == "categorical"
    listed = [step for steps in documents(job)["plan.json"]["pipelines"].values() for step in steps if "code" in step["columns"]]
    assert listed and all("Scaler" not in step["step"] for step in listed), "the plan was made anew for the type"
    assert documents(job)["job.json"]["analysis"]["types"] == {"code": "categorical"}


def test_set_back_is_the_first_analysis(job):
    before = documents(job)
    profile = Profile(job)
    profile.configure(types={"code": "categorical"}, missing_tokens={"word": []}, thresholds={"target-imbalance": 0.4}, sample_rows=3)
    changed = documents(job)
    assert changed["job.json"]["analysis"] != before["job.json"]["analysis"]
    assert len(changed["profile.json"]["sample"]["rows"]) == 3
    profile.configure(types={"code": None}, missing_tokens={"word": None}, thresholds={"target-imbalance": None}, sample_rows=None)
    assert documents(job) == before


def test_missing_tokens_go_to_analysis_plan_and_model(job, command):
    profile = Profile(job)
    tokens = column(job, "word")["missing_tokens"]
    missing = column(job, "word")["missing"]
    profile.configure(missing_tokens={"word": [*tokens, "red"]})
    assert column(job, "word")["missing"] == missing + sum(1 for row in range(240) if row % 3 == 0 and row % 11)
    assert column(job, "word", "plan.json")["missing_tokens"] == [*tokens, "red"]
    subprocess.run([command, "tune", job, "--quiet"], check=True, timeout=200)
    profile.configure(missing_tokens={"word": []})
    assert column(job, "word")["missing"] == 0
    assert "n/a" in [value["value"] for value in column(job, "word")["top_values"]]


def test_a_threshold_changes_the_findings(job):
    profile = Profile(job)
    findings = {row["id"] for row in documents(job)["findings.json"]}
    assert "target-imbalance" not in findings
    profile.configure(thresholds={"target-imbalance": 0.45})
    found = {row["id"]: row for row in documents(job)["findings.json"]}
    assert found["target-imbalance"]["threshold"] == 0.45
    assert "target-imbalance" in repr(profile.findings())


def test_an_edited_plan_keeps_its_edits(job, command):
    subprocess.run([command, "plan", job, "--set", "objective=log_loss"], check=True, timeout=60)
    Profile(job).configure(types={"code": "categorical"})
    plan = documents(job)["plan.json"]
    assert plan["objective"] == "log_loss" and plan["columns"]["code"]["type"] == "categorical"
    assert documents(job)["data/planned.json"]["columns"]["code"]["type"] == "numeric"
    subprocess.run([command, "tune", job, "--quiet"], check=True, timeout=200)


def test_the_target_read_otherwise_changes_the_problem(job):
    Profile(job).configure(missing_tokens={"label": ["?"]})
    assert documents(job)["job.json"]["problem_type"] == "binary"
    with pytest.raises(DataError):
        Profile(job).configure(missing_tokens={"label": ["yes"]})


def test_fixes_are_applied_from_the_notebook(job, command):
    findings = documents(job)["findings.json"]
    found = next(row for row in findings if row["id"] == "column-id")
    place = "/columns/id/role"
    found["fix"] = [{"op": "test", "path": place, "value": "id"}, {"op": "replace", "path": place, "value": "ignored"}]
    (job / "findings.json").write_text(json.dumps(findings), encoding="utf-8")
    subprocess.run([command, "notebook", job], check=True, timeout=60, stdout=subprocess.DEVNULL)
    notebook = nbformat.read(job / "notebooks" / NAME, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "fixes")
    assert cell.source == "profile.apply_fixes([])" and "column-id" in cell.outputs[0].data["text/plain"]
    cell.source = 'profile.apply_fixes(["column-id"])'
    before = documents(job)["plan.json"]
    NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(job / "notebooks")}}).execute()
    assert "applied" in cell.outputs[0].data["text/plain"]
    plan = documents(job)["plan.json"]
    assert plan != before and plan["columns"]["id"]["role"] == "ignored"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"types": {"cod": "text"}}, "cod"),
        ({"types": {"code": "number"}}, "numeric, categorical"),
        ({"types": ["code"]}, "types"),
        ({"missing_tokens": {"word": "n/a"}}, "list of texts"),
        ({"missing_tokens": {"word": [1]}}, "list of texts"),
        ({"thresholds": {"column-idd": 1}}, "column-idd"),
        ({"thresholds": {"column-skewed": "much"}}, "number"),
        ({"thresholds": {"column-id": 0.5}}, "column-id"),
        ({"sample_rows": 1000}, "sample_rows"),
        ({"sample_rows": 2.5}, "sample_rows"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_changes_nothing(job, settings, words):
    before = {path: path.read_bytes() for path in job.rglob("*") if path.is_file()}
    with pytest.raises(UsageError) as caught:
        Profile(job).configure(**settings)
    assert words in str(caught.value) and len(str(caught.value)) < 400
    assert {path: path.read_bytes() for path in job.rglob("*") if path.is_file()} == before


def test_without_a_plan(command, engine, planned, tmp_path):
    job = tmp_path / "analysis"
    table = planned.parent / "table.csv"
    subprocess.run([command, "profile", table, "--output", job, "--quiet"], check=True, timeout=60)
    before = documents(job)
    Profile(job).configure(types={"code": "categorical"})
    assert column(job, "code")["type"] == "categorical" and not (job / "plan.json").exists()
    Profile(job).configure(types={"code": None})
    assert documents(job) == before


def test_with_a_validation_file(command, engine, planned, tmp_path):
    job = tmp_path / "job"
    table = planned.parent / "table.csv"
    options = ["--validation", table, "--max-trials", "3", "--algorithms", "linear-learner", "--quiet"]
    subprocess.run([command, "plan", table, "--target", "label", "--output", job, *options], check=True, timeout=100)
    before = documents(job)
    assert before["profile.json"]["table"]["rows"] == 240
    Profile(job).configure(types={"code": "categorical"})
    assert documents(job)["profile.json"]["table"]["rows"] == 240
    subprocess.run([command, "tune", job, "--quiet"], check=True, timeout=200)
    Profile(job).configure(types={"code": None})
    after = documents(job)
    assert {name: after[name] for name in DOCUMENTS if name != "job.json"} == {
        name: before[name] for name in DOCUMENTS if name != "job.json"
    }
