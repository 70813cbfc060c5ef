"""kill -9 while the table is analysed again: profile, findings, plan and job stay in step, for readers and for the next command."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("PILOTAGE_COMMAND", ROOT / "build" / "pilotage"))
LIBRARY = Path(os.environ.get("PILOTAGE_LIBRARY", COMMAND.parent / "libpilotage.so"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "PILOTAGE_LIBRARY": str(LIBRARY)}
SEEDED = random.Random(21)
POINTS = [SEEDED.uniform(0.1, 0.6) for _ in range(8)]

# Turns the type of `code` to and fro until it is killed.
TURNING = """
import sys
from pilotage.profile import Profile
profile = Profile(sys.argv[1])
print("begun", flush=True)
while True:
    for kind in ("categorical", None):
        profile.configure(types={"code": kind})
"""

# What readers see, through the library.
READING = """
import json, sys
from pilotage._library import call_for_json
print(json.dumps({name: call_for_json("ptg_job_document", sys.argv[1], name) for name in ("job", "plan", "profile")}))
"""


def types_of(job, plan, profile):
    """The type of `code` as each document has it."""
    asked = job["analysis"]["types"].get("code", "numeric")
    seen = next(column["type"] for column in profile["columns"] if column["name"] == "code")
    return asked, plan["columns"]["code"]["type"], seen


@pytest.fixture
def job(tmp_path):
    draw = random.Random(3)
    rows = [f"{draw.randint(1, 6) * 10},{draw.gauss(0, 1):.4f},{draw.choice('ab')}" for _ in range(200)]
    (tmp_path / "t.csv").write_text("code,x,y\n" + "\n".join(rows) + "\n")
    words = [COMMAND, "plan", "t.csv", "--target", "y", "--output", "job", "--quiet", "--max-trials", "1"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=120)
    return tmp_path / "job"


def test_documents_stay_in_step(job):
    for delay in POINTS:
        with subprocess.Popen([sys.executable, "-c", TURNING, job], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "begun\n"
            time.sleep(delay)
            process.kill()
        done = subprocess.run([sys.executable, "-c", READING, job], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        types = types_of(**json.loads(done.stdout))
        assert len(set(types)) == 1, types
        subprocess.run([COMMAND, "plan", job, "--set", "tuning.max_trials=1"], check=True, timeout=60)
        on_disk = {name: json.loads((job / f"{name}.json").read_text()) for name in ("job", "plan", "profile")}
        assert types_of(**on_disk) == types
        assert not list(job.rglob("*.new")) and not (job / "change.json").exists()
