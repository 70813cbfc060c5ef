"""Peers: an environment each (bench/peers/NAME, made by its line of a list when first asked for), running them, and the scoring."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import machine
import pandas as pd

FOLDER = Path(os.environ.get("PILOTAGE_BENCH_PEERS", machine.ROOT / "bench" / "peers"))
PACKAGES = {"xgboost": "xgboost-cpu", "autogluon": "autogluon.tabular"}


class ToolError(Exception):
    """A tool ended with an error, or took far longer than it was given."""


def data_folder():
    return os.environ.get("PILOTAGE_DEV_DATA")


@functools.cache
def listed(file):
    """Name to the words for pip."""
    lines = (machine.ROOT / "bench" / file).read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {row[0]: row[1:] for row in rows}


def requirements():
    return listed("peers.txt") | listed("reading_peers.txt")


def names():
    return list(listed("peers.txt"))


def python(tool):
    return FOLDER / tool / "bin" / "python"


def make(tool):
    """Install a peer's environment unless it is complete."""
    stamp = FOLDER / tool / ".complete"
    if stamp.exists():
        return
    print(f"installing {tool} into {FOLDER / tool}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER / tool], check=True)
    subprocess.run([python(tool), "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements()[tool]], check=True)
    stamp.touch()


@functools.cache
def version(tool):
    """The version that runs: of our command, or of the package in the peer's environment."""
    if tool == "pilotage":
        return subprocess.run([machine.COMMAND, "version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    if not python(tool).exists():
        return None
    code = f"from importlib.metadata import version; print(version({PACKAGES.get(tool, tool)!r}))"
    return subprocess.run([python(tool), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def checked(command, folder, limit):
    """Run a command and return what it printed; ToolError with the end of what it said unless it ended well and in time."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            env=machine.clean_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as late:
        raise ToolError(f"took more than {limit:.0f} s") from late
    if done.returncode:
        raise ToolError(f"status {done.returncode}: {(done.stderr.strip() or done.stdout.strip())[-500:]}")
    return done.stdout


def run(tool, folder, one, options, cores):
    """Fit and predict with a peer in its own environment."""
    task = {
        "task": one.task,
        "target": one.target,
        "metric": one.metric,
        "texts": one.texts,
        "dates": one.dates,
        "seconds": options.seconds,
        "cores": cores,
        "preset": options.preset,
    }
    (folder / "task.json").write_text(json.dumps(task))
    checked([python(tool), machine.ROOT / "bench" / "fit_peer.py", tool, folder], folder, options.seconds * 3 + 600)
    about = json.loads((folder / f"{tool}.json").read_text())
    return {"fit_seconds": about["fit_seconds"], "predict_seconds": about["predict_seconds"]}


def label_of(text):
    """Labels that a reader may write as 1, 1.0 or 01 compare as what they are."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def score(one, test, predictions):
    """Return (score, loss) of a tool's CSV file on the rows of the test part."""
    import numpy as np
    from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

    truth = pd.read_csv(test, dtype=str, keep_default_na=False)[one.target]
    got = pd.read_csv(predictions, dtype=str, keep_default_na=False)
    if len(got) != len(truth):
        raise ToolError(f"{len(got)} predictions for {len(truth)} rows")
    if one.task == "regression":
        values = got["prediction"].astype(float).to_numpy()
        if not np.isfinite(values).all():
            raise ToolError("a prediction is no finite number")
        rmse = float(np.sqrt(mean_squared_error(truth.astype(float), values)))
        return rmse, rmse
    truth = truth.map(label_of)
    chances = got.drop(columns=["prediction"], errors="ignore").rename(columns=label_of).astype(float)
    classes = sorted(set(truth) | set(chances.columns))
    chances = chances.reindex(columns=classes, fill_value=0.0)
    if not np.isfinite(chances.to_numpy()).all():
        raise ToolError("a probability is no finite number")
    if one.task == "binary":
        positive = classes[1]
        auc = float(roc_auc_score(truth == positive, chances[positive]))
        return auc, 1 - auc
    loss = float(log_loss(truth, chances.to_numpy(), labels=classes))
    return loss, loss
