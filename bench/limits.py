"""./dev bench limits: each table with --time-limit 60; it has to end by 61.2 s with status 0, and predict gives a row a row."""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import machine
import peers
import sets

ALLOWED = 1.02


def measure(one, options, folder):
    run = [
        machine.COMMAND,
        "run",
        Path(options.data) / one.name / "train.csv",
        "--target",
        one.target,
        "--time-limit",
        str(options.seconds),
        "--output",
        folder / "job",
        "--quiet",
    ]
    before, started = machine.load(), time.monotonic()
    done = subprocess.run(run, env=machine.clean_environment(), capture_output=True, text=True, timeout=options.seconds * 3 + 60)
    seconds = time.monotonic() - started
    test = Path(options.data) / one.name / "test.csv"
    predict = subprocess.run(
        [machine.COMMAND, "predict", folder / "job", test], env=machine.clean_environment(), capture_output=True, text=True, timeout=300
    )
    rows, wanted = len(predict.stdout.splitlines()) - 1, len(sets.read_cells(one, test))
    good = done.returncode == 0 and seconds <= options.seconds * ALLOWED and predict.returncode == 0 and rows == wanted
    error = (done.stderr + predict.stderr).strip()[-400:]
    return {
        "set": one.name,
        "limit": options.seconds,
        "wall_seconds": round(seconds, 3),
        "status": done.returncode,
        "predict_status": predict.returncode,
        "rows": rows,
        "rows_wanted": wanted,
        "good": good,
        "error": error,
        "load_before": before,
        "load_after": machine.load(),
    }


def main(words):
    parser = argparse.ArgumentParser(prog="./dev bench limits", description=__doc__)
    parser.add_argument("--data", default=peers.data_folder(), required=peers.data_folder() is None)
    parser.add_argument("--sets", default=",".join(sets.SETS))
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args(words)
    results, bad = machine.Results("limits"), 0
    for name in options.sets.split(","):
        with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
            row = results.add(**measure(sets.SETS[name], options, Path(folder)), version=peers.version("pilotage"))
        bad += not row["good"]
        remark = "" if row["good"] else f"  <-- {row['error']}"
        print(
            f"{name:20} {row['wall_seconds']:8.2f} s, status {row['status']}, {row['rows']} of {row['rows_wanted']} rows{remark}",
            flush=True,
        )
    print(f"{len(options.sets.split(',')) - bad} good, {bad} bad")
    return 1 if bad else 0
