"""Shared by the Python tests: where things are, and the engine if it has been built."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PILOTAGE_BUILD", ROOT / "build"))
GOLDEN = ROOT / "tests" / "notebook"

# The package of this source tree, unless an installed one is to be tested.
if not os.environ.get("PILOTAGE_TEST_INSTALLED"):
    sys.path.insert(0, str(ROOT / "python"))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "python"), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def golden():
    return GOLDEN


@pytest.fixture(scope="session")
def command():
    path = BUILD / "pilotage"
    assert path.exists(), f"{path} is not built; run ./dev build"
    return path


@pytest.fixture(scope="session")
def engine():
    """The whole library, with every function that the headers declare."""
    from pilotage._library import library

    return library()


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """A small table with a signal, names that are hostile, and missing values."""
    import random

    random.seed(7)
    path = tmp_path_factory.mktemp("table") / "customers.csv"
    lines = ['id,age,"in|come <b>",city,bought']
    for row in range(300):
        age, income = random.randint(18, 80), random.gauss(2000, 600)
        yes = random.random() < (0.8 if income > 2200 and age > 35 else 0.15)
        city = random.choice(["Köln", "Bonn", "`Essen`", ""])
        lines.append(f"{row + 1},{age},{income:.2f},{city},{'yes' if yes else 'no'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def credit_job(command, tmp_path_factory):
    """A finished job with four candidates, each tuned a little: small and quick enough to be run again and again."""
    job = tmp_path_factory.mktemp("credit") / "job"
    options = ["--algorithms", "lightgbm,linear-learner", "--folds", "3", "--max-trials", "8", "--quiet"]
    table = ROOT / "examples" / "data" / "german_credit.csv"
    subprocess.run([command, "run", table, "--target", "class", "--output", job, *options], check=True, timeout=300)
    return job


@pytest.fixture(scope="session")
def planned_job(command, table, tmp_path_factory):
    """A job folder after `pilotage plan`."""
    job = tmp_path_factory.mktemp("planned") / "job"
    subprocess.run([command, "plan", table, "--target", "bought", "--output", job, "--max-trials", "6", "--quiet"], check=True, timeout=300)
    return job


@pytest.fixture(scope="session")
def finished_job(command, table, tmp_path_factory):
    """A job folder after `pilotage run`."""
    job = tmp_path_factory.mktemp("finished") / "job"
    subprocess.run([command, "run", table, "--target", "bought", "--output", job, "--max-trials", "6", "--quiet"], check=True, timeout=600)
    return job
