#!/usr/bin/env python3
"""Write docs/findings/ID.md, a page for each finding, and their index, from the tables of src/profile/findings_*.c.

The words come from the library (build/libpilotage.so, or PILOTAGE_LIBRARY), so that pages and `pilotage help FINDING` cannot disagree.
`--check` fails when a page is stale, missing or left over, which a test does.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "findings"
FAMILIES = {
    "target": "The target",
    "column": "Columns",
    "leak": "Leaks",
    "rows": "Rows",
    "drift": "Drift and labels",
    "label": "Drift and labels",
    "sample": "Size",
    "file": "The file",
}
INTRODUCTION = """# Findings

What the profile tells about the data, as `pilotage help FINDING` says it. Written by `tools/make_finding_pages.py` from the tables of
`src/profile/findings_*.c`; a test compares. High: scores or the model are wrong or useless if nothing is done; medium: it costs quality or
trust; low: ordinary messiness that the pipelines handle.

A finding with a fix can be mended in the plan: `pilotage plan JOB --apply-fixes all|high|ID,...`, or `profile.apply_fixes(["ID"])` in the
exploration notebook. [Decision 10](../decisions/010-findings-and-their-fixes.md) says what a fix may change.
"""


def registry():
    sys.path.insert(0, str(ROOT / "python"))
    from pilotage._library import call_for_json

    return call_for_json("ptg_registry")["findings"]


def wrapped(text, width=140):
    """Break a paragraph at blanks; code and links of ours hold none that matter."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def page(row):
    parts = [
        ("How it is decided", row["decided"]),
        ("Severity", row["severity"]),
        ("What to do", row["advice"]),
        ("Its fix", row["fix"]),
        ("When to ignore it", row["ignore"]),
        ("Example", row["example"]),
    ]
    sections = "".join(f"\n## {title}\n\n{wrapped(text)}\n" for title, text in parts if text)
    return f"# {row['name']}\n\n{wrapped(row['text'])}\n{sections}"


def index(rows):
    families = {title: [] for title in FAMILIES.values()}
    for row in rows:
        first = row["text"].split(". ")[0].rstrip(".")
        families[FAMILIES[row["name"].split("-")[0]]].append(f"- [{row['name']}]({row['name']}.md): {first}.")
    sections = "".join(f"\n## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in families.items() if lines)
    return INTRODUCTION + sections


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not as it should be")
    options = parser.parse_args()
    rows = registry()
    wanted = {"README.md": index(rows), **{f"{row['name']}.md": page(row) for row in rows}}
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if options.check:
        for name in stale:
            print(f"docs/findings/{name} is not as the tables say; run tools/make_finding_pages.py", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
