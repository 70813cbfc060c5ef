"""docs/findings is what the tables of findings say, and help says the same."""

import subprocess
import sys

import pytest
from command_line import ROOT

PAGES = sorted(path.stem for path in (ROOT / "docs" / "findings").glob("*-*.md"))


def test_pages_are_current():
    done = subprocess.run([sys.executable, ROOT / "tools" / "make_finding_pages.py", "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", PAGES)
def test_help_has_the_words_of_the_page(place, name):
    ended = place.pilotage("help", name)
    assert ended.status == 0, ended
    page = (ROOT / "docs" / "findings" / f"{name}.md").read_text(encoding="utf-8")
    said = " ".join(ended.out.split())
    for paragraph in page.split("\n\n")[1:]:
        if not paragraph.startswith("#"):
            assert " ".join(paragraph.split()) in said, paragraph
