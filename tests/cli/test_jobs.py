"""Jobs: what stands in the folder, candidates, resuming, events, limits, same bytes."""

import json
import re
import shutil
import signal
import subprocess
import time

import pytest
from command_line import COMMAND, HEADER, ROOT, customers, is_one_sentence, without_times

FIELDS = {
    "name", "pipeline", "algorithm", "parameters", "objective", "greater_is_better", "score", "score_se", "status", "error", "folds",
    "fit_seconds", "predict_us_per_row", "bytes", "cost", "portable", "planned", "edited",
}  # fmt: skip
FILES = [
    "job.json", "plan.json", "findings.json", "profile.json", "state.db", "leaderboard.json", "data", "trials", "model/best.ptg",
    "notebooks/PilotageDataExploration.ipynb", "notebooks/PilotageCandidateDefinition.ipynb",
]  # fmt: skip
NOTEBOOKS = ["PilotageDataExploration.ipynb", "PilotageCandidateDefinition.ipynb"]
NO_CANDIDATE = ("ensemble", "baseline")


def candidate_of(trial):
    return trial.rsplit("-", 1)[0]


def all_rows(place, job="job"):
    return {row["name"]: row for row in place.pilotage("candidates", job, "--all", "--json").json()}


def measured_once(rows):
    """The rows with their times: a trial that is read has the ones of the run that trained it. (The baseline is fitted each time.)"""
    return {name: row for name, row in rows.items() if name not in NO_CANDIDATE}


def test_the_job_folder(finished):
    for name in FILES:
        assert (finished / "job" / name).exists(), name
    about = json.loads((finished / "job/job.json").read_text())
    for name in (
        "request",
        "problem_type",
        "objective",
        "positive_class",
        "classes",
        "validation",
        "seed",
        "status",
        "secondary_status",
        "versions",
    ):
        assert name in about, name
    assert (about["status"], about["secondary_status"]) == ("Completed", "MaxTrialsReached")
    assert (about["problem_type"], about["objective"], about["positive_class"]) == ("binary", "auc", "yes")
    assert not [name for name in finished.names() if name.startswith(".")]


def test_candidates(finished):
    ended = finished.pilotage("candidates", "job", "--json")
    rows = ended.json()
    assert ended.status == 0 and all(set(row) == FIELDS for row in rows), ended
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    own = [row for row in rows if row["name"] not in NO_CANDIDATE]
    assert len(own) >= 6 and {"baseline", "ensemble"} <= set(names), names
    assert all((row["pipeline"] is None) == (row["name"] in NO_CANDIDATE) for row in rows)
    assert all(row["name"] == f"{row['pipeline']}-{row['algorithm']}" for row in own), names
    assert all(row["planned"] and not row["edited"] for row in own)
    scores = [row["score"] for row in rows if row["score"] is not None]
    assert scores == sorted(scores, reverse=True) and all(row["greater_is_better"] for row in rows)
    completed = [row for row in rows if row["status"] == "completed"]
    assert all(row["score_se"] is not None and row["bytes"] > 0 for row in completed if row["name"] not in NO_CANDIDATE), ended
    assert max(row["score"] for row in completed) > 0.7, "the signal was not found"


def test_all_candidates(finished):
    rows = finished.pilotage("candidates", "job", "--all", "--json").json()
    trials = [row["name"] for row in rows if row["name"] not in NO_CANDIDATE]
    assert len(trials) == 6 and all(name.rsplit("-", 1)[1].isdigit() for name in trials), trials
    assert json.loads((finished / "job/leaderboard.json").read_text()) == rows


def test_the_leaderboard_for_people(finished):
    ended = finished.pilotage("candidates", "job")
    assert ended.status == 0 and ended.err == "" and "auc" in ended.out and "baseline" in ended.out, ended


def test_run_ends_with_the_leaderboard_and_both_notebooks(place):
    place.table("customers.csv", HEADER, customers())
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--max-trials", "6", "--parallel", "2")
    assert ended.status == 0, ended
    assert (place / "customers-job").is_dir(), "the folder is named after the table"
    for name in NOTEBOOKS:
        line = next(line for line in ended.out.splitlines() if name in line)
        assert (place / line.split(":", 1)[1].strip()).exists(), ended
    assert "\r" not in ended.err and "\x1b" not in ended.err, "a bar where there is no terminal"


def test_quiet(place):
    place.table("customers.csv", HEADER, customers(120))
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--max-trials", "1", "--quiet")
    assert ended.status == 0 and ended.err == "", ended


def test_events(place):
    place.table("customers.csv", HEADER, customers(120))
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--max-trials", "3", "--json")
    assert ended.status == 0, ended
    events = ended.events()
    assert all(isinstance(event["event"], str) and event["seconds"] >= 0 for event in events)
    assert [event["event"] for event in events].count("end") == 1
    end = events[-1]
    assert {"event", "seconds", "exit_status", "job", "best", "score"} <= set(end) and end["event"] == "end" and end["exit_status"] == 0
    statuses = [event["status"] for event in events if event["event"] == "status"]
    order = ["Starting", "AnalyzingData", "CandidateDefinitionsGenerated", "ModelTuning", "Completed"]
    assert [status for status in statuses if status in order] == order, statuses
    assert sum(event["event"] == "trial" and event["number"] >= 0 for event in events) == 3


def test_the_same_request_resumes_and_another_is_refused(place):
    place.table("customers.csv", HEADER, customers(160))
    run = ("run", "customers.csv", "--target", "bought", "--output", "job", "--max-trials", "4", "--quiet")
    assert place.pilotage(*run).status == 0
    first, model = all_rows(place), (place / "job/model/best.ptg").read_bytes()
    ended = place.pilotage(*run)
    assert ended.status == 0, ended
    assert measured_once(all_rows(place)) == measured_once(first), "trials were run again"
    assert (place / "job/model/best.ptg").read_bytes() == model
    ended = place.pilotage(*run, "--seed", "1")
    assert ended.status == 2 and is_one_sentence(ended) and "--output" in ended.err, ended
    place.table("customers.csv", HEADER, customers(160, seed=2))
    ended = place.pilotage(*run)
    assert ended.status == 2 and is_one_sentence(ended) and "--output" in ended.err, ended
    assert measured_once(all_rows(place)) == measured_once(first)


def test_a_folder_that_is_no_job_is_refused(place):
    place.table("customers.csv", HEADER, customers(120))
    (place / "job").mkdir()
    place.text("job/diary.txt", "mine")
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--output", "job", "--max-trials", "1")
    assert ended.status == 2 and is_one_sentence(ended) and "--output" in ended.err, ended
    assert [path.name for path in (place / "job").iterdir()] == ["diary.txt"]


def test_a_folder_that_cannot_be_made(place):
    place.table("customers.csv", HEADER, customers(120))
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--output", "customers.csv/job", "--max-trials", "1", "--quiet")
    assert ended.status in (1, 2) and is_one_sentence(ended) and "customers.csv" in ended.err, ended
    assert place.names() == ["customers.csv"]


def test_more_trials_go_on_from_what_is_there(place):
    place.table("customers.csv", HEADER, customers(160))
    place.run_job("customers.csv", "--target", "bought", trials=3)
    before = all_rows(place)
    ended = place.pilotage("tune", "job", "--max-trials", "6", "--quiet")
    assert ended.status == 0, ended
    after = all_rows(place)
    assert len([name for name in after if name not in NO_CANDIDATE]) == 6, after.keys()
    assert all(after[name]["fit_seconds"] == row["fit_seconds"] for name, row in measured_once(before).items()), "trained again"


def test_same_bytes_at_any_parallel_and_threads(place):
    place.table("customers.csv", HEADER, customers(200))
    seen = set()
    for name, options in {
        "a": ("--parallel", 1),
        "b": ("--parallel", 2),
        "c": ("--parallel", 1, "--threads", 2),
        "d": ("--parallel", 2),
    }.items():
        job = place.run_job("customers.csv", "--target", "bought", *options, output=name, trials=12)
        rows = without_times(place.pilotage("candidates", job, "--json").json())
        seen.add((json.dumps(rows), (job / "model/best.ptg").read_bytes()))
    assert len(seen) == 1


def test_the_seed_matters(place):
    place.table("customers.csv", HEADER, customers(200))
    rows = []
    for seed in (0, 1):
        place.run_job("customers.csv", "--target", "bought", "--seed", seed, output=f"job{seed}", trials=3)
        rows.append(without_times(place.pilotage("candidates", f"job{seed}", "--json").json()))
    assert rows[0] != rows[1]


def test_time_limit(place):
    place.table("customers.csv", HEADER, customers(400))
    started = time.monotonic()
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--time-limit", "5", "--quiet")
    assert time.monotonic() - started < 8, "the limit is not kept"
    assert ended.status == 0, ended
    assert json.loads((place / "customers-job/job.json").read_text())["secondary_status"] in ("TimeLimitReached", None)


def test_a_tiny_limit_still_leaves_a_model(place):
    place.table("customers.csv", HEADER, customers(400))
    ended = place.pilotage("run", "customers.csv", "--target", "bought", "--time-limit", "0.2", "--quiet")
    assert ended.status == 0, ended
    assert place.pilotage("predict", "customers-job", "customers.csv").status == 0


def test_a_trial_over_its_limit_fails_with_the_reason(place):
    place.table("customers.csv", HEADER, customers(2000))
    place.run_job("customers.csv", "--target", "bought", "--algorithms", "xgboost", "--trial-time-limit", "0.01", trials=1)
    row = next(row for row in all_rows(place).values() if row["algorithm"] == "xgboost")
    assert row["status"] == "failed" and row["score"] is None and "limit" in row["error"], row
    assert place.pilotage("predict", "job", "customers.csv").status == 0, "the baseline is left"


@pytest.mark.parametrize("number,status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_resumably(place, number, status):
    place.table("customers.csv", HEADER, customers(400))
    command = [COMMAND, "run", "customers.csv", "--target", "bought", "--time-limit", "60", "--json"]
    with subprocess.Popen(command, cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "trial" and event["number"] >= 1:
                break
        process.send_signal(number)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == status, (process.returncode, rest, err)
    assert json.loads((place / "customers-job/job.json").read_text())["status"] == "Stopped"
    ended = place.pilotage("tune", "customers-job", "--time-limit", "3", "--quiet")
    assert ended.status == 0, ended
    assert json.loads((place / "customers-job/job.json").read_text())["status"] == "Completed"


def test_an_output_pipe_that_closes_does_not_kill(finished):
    with subprocess.Popen([COMMAND, "candidates", finished / "job", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.wait(timeout=30) in (0, 1)


def test_refit_simple_and_single(place):
    place.table("customers.csv", HEADER, customers(160))
    for name, option in (("refit", ("--refit",)), ("simple", ("--prefer", "simple")), ("single", ("--mode", "tuning"))):
        place.run_job("customers.csv", "--target", "bought", *option, output=name, trials=4)
        assert place.pilotage("predict", name, "customers.csv").status == 0, name
    assert json.loads((place / "single/job.json").read_text())["best"] != "ensemble"


VALIDATIONS = {
    "folds": ("--folds", "3"), "split": ("--validation-fraction", "0.25"), "group": ("--group", "house", "--folds", "3"),
    "time": ("--time", "joined"), "file": ("--validation", "held.csv"),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALIDATIONS)
def test_validation_kinds(place, kind):
    rows = [[*row, f"g{i % 30}"] for i, row in enumerate(customers(300))]
    place.table("customers.csv", [*HEADER, "house"], rows[80:])
    place.table("held.csv", [*HEADER, "house"], rows[:80])
    place.run_job("customers.csv", "--target", "bought", "--algorithms", "lightgbm,linear-learner", *VALIDATIONS[kind], trials=2)
    assert json.loads((place / "job/plan.json").read_text())["validation"]["kind"] == kind
    rows = all_rows(place).values()
    assert {row["algorithm"] for row in rows if row["status"] == "completed"} >= {"lightgbm", "linear-learner"}, rows
    assert place.pilotage("predict", "job", "customers.csv").status == 0


BINARY = ["auc", "average_precision", "f1", "accuracy", "balanced_accuracy", "precision", "recall", "mcc", "log_loss", "brier"]
MULTICLASS = ["log_loss", "accuracy", "f1_macro", "balanced_accuracy", "precision_macro", "recall_macro", "auc_ovo", "quadratic_kappa"]
REGRESSION = ["rmse", "mse", "mae", "medae", "r2", "rmsle", "mape", "pinball:0.9"]
SMALLER_IS_BETTER = {"log_loss", "brier", "rmse", "mse", "mae", "medae", "rmsle", "mape", "pinball:0.9"}


@pytest.mark.parametrize("target,objective", [
    *(("bought", name) for name in BINARY), *(("grade", name) for name in MULTICLASS), *(("income", name) for name in REGRESSION),
])  # fmt: skip
def test_every_objective(place, target, objective):
    rows = [[*row[:1], abs(float(row[1])), *row[2:], 1 + (row[5] == "yes") + (i % 5 == 0)] for i, row in enumerate(customers(200))]
    place.table("customers.csv", [*HEADER, "grade"], rows)
    place.run_job(
        "customers.csv",
        "--target",
        target,
        "--objective",
        objective,
        "--folds",
        "3",
        "--algorithms",
        "xgboost,lightgbm,linear-learner",
        trials=3,
    )
    got = place.pilotage("candidates", "job", "--json").json()
    assert all(row["objective"] == objective for row in got)
    assert all(row["greater_is_better"] == (objective not in SMALLER_IS_BETTER) for row in got)
    done = [row for row in got if row["status"] == "completed"]
    assert {"xgboost", "lightgbm", "linear-learner", "baseline"} <= {row["algorithm"] for row in done}, got
    assert all(row["score"] >= 0 for row in done if objective in SMALLER_IS_BETTER), "the plain metric"


def test_profile_alone(place):
    place.table("customers.csv", HEADER, customers(160))
    ended = place.pilotage("profile", "customers.csv", "--target", "bought", "--output", "analysis")
    assert ended.status == 0, ended
    assert (place / "analysis/notebooks" / NOTEBOOKS[0]).exists() and (place / "analysis/profile.json").exists()
    assert not (place / "analysis/plan.json").exists()
    assert json.loads((place / "analysis/job.json").read_text())["status"] == "Completed"


def test_a_quick_profile_asks_no_model(place):
    place.table("customers.csv", HEADER, customers(160))
    for words, made in (([], True), (["--quick"], False)):
        output = f"job{len(words)}"
        ended = place.pilotage("profile", "customers.csv", "--target", "bought", "--output", output, *words)
        assert ended.status == 0, ended
        profile = json.loads((place / output / "profile.json").read_text(encoding="utf-8"))
        assert (profile["checks"] is not None) == made and profile["power"]


def test_profile_again_is_the_same_request_or_refused(place):
    place.table("customers.csv", HEADER, customers(160))
    assert place.pilotage("profile", "customers.csv", "--target", "bought").status == 0
    before = {path: path.read_bytes() for path in (place / "customers-job").rglob("*") if path.is_file()}
    assert place.pilotage("profile", "customers.csv", "--target", "bought").status == 0
    assert {path: path.read_bytes() for path in (place / "customers-job").rglob("*") if path.is_file()} == before
    ended = place.pilotage("profile", "customers.csv")
    assert ended.status == 2 and "--output" in ended.err and is_one_sentence(ended)
    ended = place.pilotage("tune", "customers-job")
    assert ended.status == 2 and "pilotage plan" in ended.err and is_one_sentence(ended)


PAGE_TARGETS = ["bought", None]


@pytest.mark.parametrize("target", PAGE_TARGETS)
def test_profile_as_a_page(place, target):
    place.table("customers.csv", HEADER, customers(160))
    words = ["--target", target] if target else []
    ended = place.pilotage("profile", "customers.csv", *words, "--html", "page.html")
    assert ended.status == 0 and "page.html" in ended.out, ended
    page = (place / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    assert "default-src 'none'" in page and "prefers-color-scheme:dark" in page
    for bad in ("<script", "http://", "https://", "<link", "@import", "javascript:"):
        assert bad not in page.lower(), bad
    parts = re.findall(r'<section id="(\w+)">', page)
    assert parts == re.findall(r'<a href="#(\w+)">', page)
    assert ("target" in parts) == (target is not None) and "settings" not in parts
    assert all(alt.strip() for alt in re.findall(r'<img alt="([^"]*)"', page))
    first = page
    assert place.pilotage("profile", "customers.csv", *words, "--html", "page.html").status == 0
    assert (place / "page.html").read_text(encoding="utf-8") == first
    assert not [name for name in place.names() if name.startswith((".", "page.html."))]


def test_a_page_that_cannot_be_written_is_said(place):
    place.table("customers.csv", HEADER, customers(160))
    ended = place.pilotage("profile", "customers.csv", "--html", "nowhere/page.html")
    assert ended.status == 1 and "nowhere/page.html" in ended.err and is_one_sentence(ended)
    assert (place / "customers-job/profile.json").exists()


def test_values_of_the_data_stay_data_on_the_page(place):
    evil = '<img src=x onerror=alert(1)>&amp;"'
    place.table("evil.csv", [*HEADER[:1], evil], [[row, f"{evil}{row % 3}"] for row in range(60)])
    ended = place.pilotage("profile", "evil.csv", "--html", "page.html")
    assert ended.status == 0, ended
    page = (place / "page.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_three_thousand_columns_fit(place):
    columns = 3000
    header = [f"column_{number}_{'x' * 30}" for number in range(columns)] + ["y"]
    rows = [[row * number % 97 for number in range(columns)] + ["ab"[row % 2]] for row in range(40)]
    place.table("wide.csv", header, rows)
    ended = place.pilotage("profile", "wide.csv", "--target", "y", "--html", "page.html")
    assert ended.status == 0, ended
    for path in (place / "page.html", place / "wide-job/notebooks" / NOTEBOOKS[0]):
        assert 300_000 < path.stat().st_size <= 2_000_000, path


BUNDLED = {
    "bank_additional.csv.gz": ("y", "binary", "yes"),
    "wine_quality_white.csv": ("quality", "multiclass", None),
    "german_credit.csv": ("class", "binary", "2"),
}


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_tables_are_planned(place, name):
    target, problem, positive = BUNDLED[name]
    ended = place.pilotage("plan", ROOT / "examples/data" / name, "--target", target, "--quiet")
    assert ended.status == 0, ended
    plan = json.loads((place / f"{name.split('.')[0]}-job" / "plan.json").read_text())
    assert (plan["problem_type"], plan["positive_class"]) == (problem, positive)
    assert len(plan["candidates"]) >= 6


def test_a_job_can_be_moved(finished, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(finished / "job", moved)
    ended = finished.pilotage("predict", moved, "customers.csv")
    assert ended.status == 0 and ended.out == finished.pilotage("predict", "job", "customers.csv").out, ended
