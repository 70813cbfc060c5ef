"""The wheel as auditwheel repairs it, and what is in it. (tests/python/test_installed.py installs and uses it.)"""

import subprocess
import sys
import zipfile

import pytest


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
