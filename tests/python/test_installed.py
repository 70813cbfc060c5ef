"""The wheel as a user gets it: installed by pip with its dependencies into an empty environment, far from this tree."""

import os
import subprocess
import sys

import pytest

CODE = """
import sys
from pilotage import AutoML
job = AutoML("y", max_trials=3, output="binding-job", quiet=True).fit("table.csv")
print(len(job.predict("table.csv")), sorted({row["algorithm"] for row in job.list_candidates()}))
import pilotage
print(pilotage.__file__)
"""


def run(*words, **settings):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **settings)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@pytest.fixture(scope="module")
def home(root, tmp_path_factory):
    """An environment with nothing but the wheel and what pip fetches for it."""
    base = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    asked = subprocess.run([*pip, "download", "--no-deps", "--dest", base / "index", "scipy-openblas32"], capture_output=True, timeout=120)
    if asked.returncode != 0:
        pytest.skip("pip has no index here")
    build = f"--config-settings=build-dir={root / 'build-wheel'}"
    run(*pip, "wheel", "--no-build-isolation", "--no-deps", build, "--wheel-dir", base, root, timeout=600)
    run(sys.executable, "-m", "venv", base / "env")
    run(base / "env" / "bin" / "pip", "install", "-q", next(base.glob("pilotage-*.whl")), timeout=900)
    (base / "table.csv").write_text("x,z,y\n" + "".join(f"{i % 13},{i % 5},{int(i % 13 > 6)}\n" for i in range(200)))
    return base


@pytest.fixture(scope="module")
def clean(home):
    kept = {key: os.environ[key] for key in ("PATH", "TMPDIR", "LANG") if key in os.environ}
    return {"cwd": home, "env": {**kept, "HOME": str(home)}, "timeout": 120}


def test_the_binding_runs(home, clean):
    predicted, place = run(home / "env" / "bin" / "python", "-c", CODE, **clean).splitlines()[-2:]
    assert predicted.startswith("200 ") and "xgboost" in predicted and "lightgbm" in predicted
    assert place.startswith(str(home / "env"))


def test_the_command_runs(home, clean):
    command = home / "env" / "bin" / "pilotage"
    assert run(command, "version", **clean).startswith("pilotage ")
    run(command, "run", "table.csv", "--target", "y", "--max-trials", "2", "--quiet", **clean)
    assert len(run(command, "predict", "table-job", "table.csv", **clean).splitlines()) == 201
