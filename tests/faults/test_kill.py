"""kill -9 at seeded points of a run, then `pilotage tune`: the same leaderboard and the same model as without."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("PILOTAGE_COMMAND", ROOT / "build" / "pilotage"))
TIMES = ("fit_seconds", "predict_us_per_row", "cost")
TRIALS = 12
SEEDED = random.Random(20)


def pilotage(*words, cwd, limit=240):
    done = subprocess.run([COMMAND, *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (words, done.returncode, done.stdout[-1000:], done.stderr[-1000:])
    return done.stdout


def outcome(folder, job):
    rows = json.loads(pilotage("candidates", job, "--json", cwd=folder))
    kept = [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
    return json.dumps(kept), (folder / job / "model" / "best.ptg").read_bytes()


def run_words(job, parallel):
    return ("run", "table.csv", "--target", "y", "--output", job, "--max-trials", TRIALS, "--parallel", parallel, "--json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table, and what an undisturbed run gives."""
    here = tmp_path_factory.mktemp("kill")
    draw = random.Random(4)
    lines = ["a,b,c,d,y"]
    for _ in range(600):
        a, b, c = draw.gauss(0, 1), draw.random(), draw.choice("uvw")
        lines.append(f"{a:.5f},{b:.5f},{c},{draw.choice(['', 'x', 'yy'])},{'yes' if a + (c == 'u') + draw.gauss(0, 0.7) > 0.4 else 'no'}")
    (here / "table.csv").write_text("\n".join(lines) + "\n")
    pilotage(*run_words("calm", 1), cwd=here)
    return here


@pytest.fixture(scope="module")
def calm(folder):
    return outcome(folder, "calm")


def children(pid):
    """Processes whose parent is `pid`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


def ended(pids, seconds=10):
    """Whether all of them end in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(
            Path(f"/proc/{pid}").exists() and "Z" != Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] for pid in pids
        ):
            return True
        time.sleep(0.05)
    return False


def wait_for_trial(process, number):
    """Read events until `number` trials are done."""
    done = 0
    for line in process.stdout:
        event = json.loads(line)
        assert event["event"] != "end", "the run ended before the kill"
        done += event["event"] == "trial" and event["number"] >= 0
        if done >= number:
            return
    pytest.fail("the run ended before the kill")


def start(folder, job, parallel):
    words = [str(word) for word in run_words(job, parallel)]
    return subprocess.Popen(
        [COMMAND, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True
    )


POINTS = [(parallel, SEEDED.randint(0, TRIALS - 3), SEEDED.uniform(0, 0.15)) for parallel in (1, 2) for _ in range(3)]


@pytest.mark.parametrize("parallel,trial,delay", POINTS)
def test_kill_of_the_coordinator(folder, calm, parallel, trial, delay):
    job = f"job-{parallel}-{trial}-{int(delay * 1000)}"
    with start(folder, job, parallel) as process:
        if trial:
            wait_for_trial(process, trial)
        else:
            while not (folder / job).exists():
                time.sleep(0.01)
        time.sleep(delay)
        workers = children(process.pid)
        process.kill()
        process.wait(10)
    assert process.returncode == -signal.SIGKILL
    assert ended(workers), "workers live on without their coordinator"
    pilotage("tune", job, "--parallel", parallel, "--quiet", cwd=folder)
    assert outcome(folder, job) == calm


def test_kill_twice_in_a_row(folder, calm):
    with start(folder, "twice", 2) as process:
        wait_for_trial(process, 2)
        process.kill()
    words = [COMMAND, "tune", "twice", "--parallel", "1", "--json"]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        time.sleep(0.7)
        process.kill()
    pilotage("tune", "twice", "--parallel", "2", "--quiet", cwd=folder)
    assert outcome(folder, "twice") == calm


@pytest.mark.parametrize("parallel,trial", [(1, 2), (2, 3), (2, 6)])
def test_kill_of_a_worker(folder, calm, parallel, trial):
    """A worker that is killed from outside does not count against its item: it is given out again."""
    job = f"worker-{parallel}-{trial}"
    with start(folder, job, parallel) as process:
        wait_for_trial(process, trial)
        for pid in children(process.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=240)
    assert process.returncode == 0
    assert outcome(folder, job) == calm


def test_kill_before_the_table_is_accepted(folder):
    """Leftovers of dead processes are removed by the next run beside them."""
    for _ in range(3):
        with start(folder, "early", 1) as process:
            time.sleep(SEEDED.uniform(0.005, 0.04))
            process.kill()
    pilotage(*run_words("early", 1), cwd=folder)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".early")] == []
    assert outcome(folder, "early") == outcome(folder, "calm")


def test_a_half_written_result_is_not_believed(folder, calm):
    """Files that a crash left in a trial's folder change nothing; one that was cut short is named."""
    pilotage(*run_words("torn", 1), cwd=folder)
    trials = sorted((folder / "torn" / "trials").iterdir())
    for path in trials[:4]:
        for file in sorted(path.iterdir()):
            (path / f"{file.name}.tmp").write_bytes(b"half")
    victim = max(trials[5].iterdir(), key=lambda file: file.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:-7])
    again = subprocess.run([COMMAND, "tune", "torn", "--quiet"], cwd=folder, capture_output=True, text=True, timeout=240)
    if again.returncode != 0:
        assert again.returncode == 1 and victim.name in again.stderr and len(again.stderr.splitlines()) == 1, again
        victim.unlink()
        pilotage("tune", "torn", "--quiet", cwd=folder)
    assert outcome(folder, "torn") == calm


def test_two_runs_of_one_job_at_once(folder):
    """The second is refused while the first has the job."""
    with start(folder, "locked", 1) as process:
        wait_for_trial(process, 1)
        second = subprocess.run([COMMAND, "tune", "locked"], cwd=folder, capture_output=True, text=True, timeout=60)
        process.communicate(timeout=240)
    assert process.returncode == 0
    assert second.returncode == 2 and "locked" in second.stderr, second
