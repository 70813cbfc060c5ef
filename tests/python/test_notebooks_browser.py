"""A notebook that was never run, opened in JupyterLab with a fresh data folder (so that it is untrusted): all charts are painted.

Needs playwright and Debian's chromium; PILOTAGE_SCREENSHOTS names a folder for pictures of what was seen.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyterlab")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed")

PAINTED = "() => [...document.querySelectorAll('.jp-OutputArea img')].filter(image => image.naturalWidth > 0).length"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(golden, tmp_path_factory):
    """JupyterLab on copies of the golden notebooks, with no settings and no trust of earlier runs; yields (address, folder)."""
    base = tmp_path_factory.mktemp("lab")
    folder = base / "work"
    folder.mkdir()
    for name in ("golden_exploration", "golden_exploration_regression", "golden_candidates_finished"):
        shutil.copy(golden / f"{name}.ipynb", folder)
    fresh = {f"JUPYTER_{kind}_DIR": str(base / kind.lower()) for kind in ("DATA", "CONFIG", "RUNTIME")}
    port = free_port()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"]
    options += ["--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.news_url="]
    with (base / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, **fresh, "IPYTHONDIR": str(base / "ipython")},
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, process, base / "log")
            yield address, folder
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address, process, log):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=5) as answer:
                json.load(answer)
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                pytest.fail(log.read_text())
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def images_in(path):
    cells = nbformat.read(path, as_version=4).cells
    return sum(output.data.get("text/html", "").count("<img ") for cell in cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("name", ["golden_exploration", "golden_exploration_regression", "golden_candidates_finished"])
def test_charts_are_painted_before_anything_is_run(lab, browser, name):
    address, folder = lab
    want = images_in(folder / f"{name}.ipynb")
    assert want > 0
    # A tall window: JupyterLab draws only the cells that are near the visible part.
    page = browser.new_page(viewport={"width": 1300, "height": 9000})
    try:
        page.goto(f"{address}/lab/tree/{name}.ipynb?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60000)
        page.wait_for_function(f"({PAINTED})() >= {want}", timeout=60000)
        assert page.evaluate(PAINTED) == want
        assert page.locator(".jp-OutputArea svg:not([data-icon])").count() == 0
        if os.environ.get("PILOTAGE_SCREENSHOTS"):
            page.screenshot(path=str(Path(os.environ["PILOTAGE_SCREENSHOTS"]) / f"{name}.png"))
    finally:
        page.close()
