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

REAL = ("PilotageDataExploration", "PilotageCandidateDefinition")
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


@pytest.fixture(scope="module")
def real(lab, credit_job):
    """A copy of a real job under JupyterLab's folder; yields (address, folder of its notebooks)."""
    address, folder = lab
    shutil.copytree(credit_job, folder / "job")
    return address, folder / "job" / "notebooks"


def opened(browser, address, path, height):
    page = browser.new_page(viewport={"width": 1300, "height": height})
    page.goto(f"{address}/lab/tree/{path}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60000)
    return page


def save(page, path):
    """Save in JupyterLab, and wait for the file to be written."""
    before = path.stat().st_mtime_ns
    page.locator(".jp-NotebookPanel .jp-Notebook").first.click()
    page.keyboard.press("Control+s")
    for _ in range(150):
        time.sleep(0.1)
        if path.stat().st_mtime_ns != before:
            return json.loads(path.read_text(encoding="utf-8"))
    raise AssertionError("JupyterLab did not save")


@pytest.mark.parametrize("name", REAL)
def test_opened_and_saved_nothing_changes(real, browser, name):
    address, folder = real
    path = folder / f"{name}.ipynb"
    before = json.loads(path.read_text(encoding="utf-8"))
    page = opened(browser, address, f"job/notebooks/{name}.ipynb", 1000)
    try:
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60000)
        after = save(page, path)
    finally:
        page.close()
    assert after["cells"] == before["cells"]
    assert (after["nbformat"], after["nbformat_minor"]) == (before["nbformat"], before["nbformat_minor"])
    for key, value in before["metadata"].items():
        assert value.items() <= after["metadata"][key].items()


@pytest.mark.parametrize("name", REAL)
def test_run_all_shows_the_same_charts(real, browser, name):
    address, folder = real
    path = folder / f"{name}.ipynb"
    want = images_in(path)
    assert want > 0
    page = opened(browser, address, f"job/notebooks/{name}.ipynb", 12000)
    try:
        page.wait_for_function(f"({PAINTED})() >= {want}", timeout=60000)
        assert page.evaluate(PAINTED) == want
        page.get_by_text("Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        last = len([cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"])
        page.wait_for_selector(f".jp-InputPrompt:text-is('[{last}]:')", timeout=120000)
        page.wait_for_function(f"({PAINTED})() >= {want}", timeout=60000)
        assert page.evaluate(PAINTED) == want
        assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        if os.environ.get("PILOTAGE_SCREENSHOTS"):
            page.screenshot(path=str(Path(os.environ["PILOTAGE_SCREENSHOTS"]) / f"{name}-run.png"))
        assert images_in(path) == want  # not saved: the file is as it was
        save(page, path)
        assert images_in(path) == want
    finally:
        page.close()
