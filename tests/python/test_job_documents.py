"""job.json, leaderboard rows and events against their pages in docs/formats; edits of a plan that a job must survive."""

import json
import os
import re
import subprocess

import pytest


def documented(root, page, column=0):
    """Names in backquotes in one column of the page's tables."""
    names = set()
    for line in (root / "docs/formats" / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            names |= set(re.findall(r"`(\w+)`", line.split("|")[column + 1]))
    return names


def test_every_member_of_the_leaderboard_has_its_line(root, finished_job):
    rows = json.loads((finished_job / "leaderboard.json").read_text(encoding="utf-8"))
    assert rows
    for row in rows:
        assert set(row) == documented(root, "leaderboard.md"), row["name"]


def test_every_member_of_job_json_has_its_line(root, finished_job, planned_job):
    names = documented(root, "job.md")
    done, planned = (json.loads((job / "job.json").read_text(encoding="utf-8")) for job in (finished_job, planned_job))
    assert set(done) <= names and set(planned) <= set(done), set(done) - names
    assert set(done) - set(planned) == {"best", "score", "score_se", "reason", "tuned_plan"}


def test_every_event_has_its_line(root, command, table, tmp_path):
    page = (root / "docs/formats/events.md").read_text(encoding="utf-8").splitlines()
    cells = [line.split("|") for line in page if line.startswith("| `")]
    members = {cell[1].strip(" `"): set(re.findall(r"`(\w+)`", cell[2])) for cell in cells}
    words = [command, "run", table, "--target", "bought", "--output", tmp_path / "job", "--max-trials", "3", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and events[-1]["event"] == "end", done.stderr
    assert {"status", "plan", "trial", "end"} <= {event["event"] for event in events} <= set(members)
    for event in events:
        assert set(event) - {"event", "seconds"} <= members[event["event"]], event
    times = [event["seconds"] for event in events]
    assert times == sorted(times)


@pytest.fixture
def planned(command, table, tmp_path):
    job = tmp_path / "job"
    options = ["--output", job, "--folds", "3", "--algorithms", "linear-learner", "--quiet"]
    subprocess.run([command, "plan", table, "--target", "bought", *options], check=True, timeout=100)
    return job


def test_a_copy_of_a_candidate_does_not_keep_the_job_from_ending(command, planned):
    plan = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    first = next(iter(plan["candidates"].values()))
    for candidate in plan["candidates"].values():
        candidate["ranges"] = {}
    plan["candidates"] = {"one": first, "two": first, **plan["candidates"]}
    (planned.parent / "edit.json").write_text(json.dumps(plan), encoding="utf-8")
    subprocess.run([command, "plan", planned, "--edit", planned.parent / "edit.json"], check=True, timeout=60)
    subprocess.run([command, "tune", planned, "--max-trials", "20", "--quiet"], check=True, timeout=100)
    rows = json.loads((planned / "leaderboard.json").read_text(encoding="utf-8"))
    assert "one-0" in {row["name"] for row in rows} and "two-0" not in {row["name"] for row in rows}


def test_a_plan_is_not_changed_under_a_running_job(command, planned):
    boot = open("/proc/sys/kernel/random/boot_id", encoding="ascii").read().strip()
    (planned / "lock").write_text(json.dumps({"host": os.uname().nodename, "boot": boot, "pid": os.getpid()}), encoding="utf-8")
    before = (planned / "plan.json").read_bytes()
    done = subprocess.run([command, "plan", planned, "--set", "seed=5"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and f"in use by process {os.getpid()}" in done.stderr
    assert (planned / "plan.json").read_bytes() == before
    (planned / "lock").unlink()
    subprocess.run([command, "plan", planned, "--set", "seed=5"], check=True, timeout=60)
    assert not (planned / "lock").exists()
    assert json.loads((planned / "plan.json").read_text(encoding="utf-8"))["seed"] == 5


def test_job_json_follows_an_edited_objective(command, planned):
    subprocess.run([command, "plan", planned, "--set", "objective=log_loss"], check=True, timeout=60)
    subprocess.run([command, "tune", planned, "--max-trials", "2", "--quiet"], check=True, timeout=100)
    assert json.loads((planned / "job.json").read_text(encoding="utf-8"))["objective"] == "log_loss"
