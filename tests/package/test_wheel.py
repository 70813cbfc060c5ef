"""The wheel, repaired and installed into an empty environment without build tree and -dev packages: command and binding run."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

CODE = """
import pilotage, pilotage.interactive, pilotage.parameters, pilotage.profile
from pilotage import AutoML
job = AutoML("y", max_trials=1, algorithms=["lightgbm"], output="python-job", quiet=True).fit("table.csv")
print(len(job.predict("table.csv")), pilotage.__file__)
"""


def output(*words, **settings):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **settings)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """A repaired wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    output(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        f"-Cbuild-dir={root / 'build-wheel'}",
        "--outdir",
        folder / "plain",
        root,
    )
    plain = next((folder / "plain").glob("*.whl"))
    output(sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", folder / "repaired", plain)
    return next((folder / "repaired").glob("*.whl"))


def test_what_is_in_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {"pilotage/_bin/pilotage", "pilotage/_lib/libpilotage.so", "pilotage/__init__.py"} <= set(names)
    assert not [name for name in names if name.endswith((".a", ".h", ".c", ".pc"))], names
    assert "manylinux" in wheel.name
    text = zipfile.ZipFile(wheel).read("pilotage/_bin/pilotage")
    assert b"/.venv/" not in text, "the command of a wheel knows nothing of the folder it was built in"


def test_an_empty_environment(wheel, tmp_path):
    """Numbers and training libraries come from the environment of the tests, which is not asked for anything else."""
    home = tmp_path / "env"
    output(sys.executable, "-m", "venv", "--without-pip", home)
    site = next((home / "lib").glob("python3*/site-packages"))
    output(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel)
    ours = next(path for path in map(os.path.realpath, sys.path) if os.path.isdir(os.path.join(path, "lightgbm")))
    for name in ("numpy", "numpy.libs", "lightgbm", "scipy", "scipy.libs", "scipy_openblas32", "pandas", "dateutil", "six.py"):
        source = os.path.join(ours, name)
        if os.path.isdir(source):
            shutil.copytree(source, site / name, symlinks=True)
        elif os.path.exists(source):
            shutil.copy(source, site / name)
    (tmp_path / "table.csv").write_text("x,z,y\n" + "".join(f"{i % 13},{i % 5},{int(i % 13 > 6)}\n" for i in range(120)))
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    command = site / "pilotage" / "_bin" / "pilotage"
    settings = {"cwd": tmp_path, "env": clean, "timeout": 120}
    assert output(command, "version", **settings).startswith("pilotage ")
    output(command, "run", "table.csv", "--target", "y", "--max-trials", "1", "--algorithms", "lightgbm", "--quiet", **settings)
    assert len(output(command, "predict", "table-job", "table.csv", **settings).splitlines()) == 121
    rows, place = output(home / "bin" / "python", "-c", CODE, **settings).split()[-2:]
    assert rows == "120" and place.startswith(str(site))
