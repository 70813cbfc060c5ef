#!/usr/bin/env python3
"""Runs the test suites, one after the other, and counts their single tests.

Usage: run_suites.py [NAME...]; without a name all of them. A suite is a row of SUITES: a function that returns how many of its
tests passed, failed and were skipped, and what to say. Each prints one line with its counts and seconds; the output of one that failed
follows. The last line is `N passed, N failed`, with `, N skipped` where there are any; the exit status is 1 if any failed.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
SHOWN_LINES = 120


class Outcome:
    """Counts of one suite, and its output."""

    def __init__(self, passed=0, failed=0, skipped=0, text="", note=""):
        self.passed, self.failed, self.skipped, self.text, self.note = passed, failed, skipped, text, note


def output_of(command, limit, **settings):
    """Exit status and output of a command; it and its children are ended after `limit` seconds."""
    environment = {**os.environ, **settings}
    with subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            text, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            return 124, f"{text}\nended after {limit} seconds\n"
    return process.returncode, text


def skipped(reason):
    return Outcome(skipped=1, note=f"skipped: {reason}")


def one_check(command, limit=120):
    """A program that is one test."""
    status, text = output_of(command, limit)
    return Outcome(passed=int(status == 0), failed=int(status != 0), text=text)


def layers():
    return one_check([sys.executable, "tools/check_layers.py"])


def c_format():
    program = shutil.which("clang-format-14")
    if not program:
        return skipped("clang-format-14 is not installed")
    files = sorted(path for folder in ("src", "include", "tests") for path in (ROOT / folder).rglob("*.[ch]"))
    status, text = output_of([program, "--dry-run", "-Werror", *files], 300)
    wrong = {line.split(":")[0] for line in text.splitlines() if ": error:" in line}
    failed = max(len(wrong), int(status != 0))
    names = "".join(f"{name}: not as clang-format writes it; run ./dev format\n" for name in sorted(wrong))
    return Outcome(passed=len(files) - failed, failed=failed, text=names or text)


def ruff():
    status, text = output_of(["ruff", "check", "--quiet", "."], 120)
    form, more = output_of(["ruff", "format", "--check", "."], 120)
    failed = (status != 0) + (form != 0)
    return Outcome(passed=2 - failed, failed=failed, text=text + more)


def cmocka_counts(text):
    """What cmocka printed at the end of a program; None when it did not come that far."""
    passed = re.search(r"\[  PASSED  \] (\d+) test", text)
    failed = sum(int(n) for n in re.findall(r"\[  FAILED  \] [^:\n]*: (\d+) test", text))
    left_out = sum(int(n) for n in re.findall(r"\[  SKIPPED \] [^:\n]*: (\d+) test", text))
    return (int(passed[1]), failed, left_out) if passed else None


def unit_program(entry):
    """Counts of one line of meson's testlog.json."""
    text = entry.get("stdout", "") + entry.get("stderr", "")
    passed, failed, left_out = cmocka_counts(text) or (int(entry["result"] == "OK"), 0, int(entry["result"] == "SKIP"))
    if entry["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and failed == 0:
        failed, text = 1, f"{text}\nended with {entry['result']}, status {entry.get('returncode')}\n"
    return Outcome(passed, failed, left_out, f"--- {entry['name']}\n{text}" if failed else "")


def unit():
    """All C tests under the address and undefined sanitizers."""
    log = ROOT / "build-san" / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    status, text = output_of(
        ["meson", "test", "-C", "build-san", "--no-rebuild", "--suite", "unit", "--timeout-multiplier", "4"],
        1500,
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=1",
        UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
    )
    if not log.exists():
        return Outcome(failed=1, text=text)
    programs = [unit_program(json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
    total = Outcome(
        sum(p.passed for p in programs),
        sum(p.failed for p in programs),
        sum(p.skipped for p in programs),
        "".join(p.text for p in programs),
        f"{len(programs)} programs under sanitizers",
    )
    if status != 0 and total.failed == 0:
        total.failed, total.text = 1, text
    return total


def counts_of_junit(path):
    """(passed, failed, skipped) of a JUnit file as pytest writes it."""
    rows = [case for case in ElementTree.parse(path).getroot().iter("testcase")]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in rows)
    left_out = sum(case.find("skipped") is not None for case in rows)
    return len(rows) - failed - left_out, failed, left_out


def pytest_suite(name, *paths, limit=900, **settings):
    """Tests that pytest runs; a path that is not there fails."""
    report = LOGS / f"suite-{name}.xml"
    report.unlink(missing_ok=True)
    status, text = output_of(
        [sys.executable, "-m", "pytest", "-q", "-rs", "--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}", *paths],
        limit,
        **settings,
    )
    passed, failed, left_out = counts_of_junit(report) if report.exists() else (0, 0, 0)
    if status != 0 and failed == 0:
        failed = 1
    reasons = sorted({line for line in text.splitlines() if line.startswith("SKIPPED")}) if left_out else []
    return Outcome(passed, failed, left_out, text, "; ".join(reasons))


def package():
    return pytest_suite("package", "tests/package", limit=600)


def cli():
    return pytest_suite("cli", "tests/cli")


def faults():
    return pytest_suite("faults", "tests/faults", limit=600)


def python_files(notebooks):
    """Files of tests/python: those that run notebooks, or all others; what needs a browser is a suite of its own."""
    names = sorted((ROOT / "tests/python").glob("test_*.py"))
    return [path.relative_to(ROOT) for path in names if path.name.startswith("test_notebooks_") == notebooks and "browser" not in path.name]


def python():
    return pytest_suite("python", *python_files(False), PILOTAGE_TEST_INSTALLED="1")


def notebooks():
    return pytest_suite("notebooks", *python_files(True), PILOTAGE_TEST_INSTALLED="1")


def browser():
    if not (shutil.which("chromium") or Path("/usr/bin/chromium").exists()):
        return skipped("Chromium is installed only in containers and with CI=true")
    return pytest_suite("browser", "tests/python/test_notebooks_browser.py", limit=400)


def tables():
    """The development tables, which are not part of the repository."""
    folder = os.environ.get("PILOTAGE_DEV_DATA")
    if not folder:
        return skipped("PILOTAGE_DEV_DATA names no folder with the development tables")
    if not Path(folder).is_dir():
        return Outcome(failed=1, text=f"PILOTAGE_DEV_DATA names {folder}, which is no folder\n")
    return pytest_suite("tables", "tests/tables", limit=400)


def findings():
    """Injected defects: what the profile finds, and what it finds in clean tables."""
    return pytest_suite("findings", "tests/findings", limit=600)


SUITES = {
    "layers": layers,
    "format": c_format,
    "ruff": ruff,
    "unit": unit,
    "package": package,
    "cli": cli,
    "python": python,
    "notebooks": notebooks,
    "browser": browser,
    "faults": faults,
    "findings": findings,
    "tables": tables,
}


def run(name):
    started = time.monotonic()
    outcome = SUITES[name]()
    parts = [f"{outcome.passed} passed", f"{outcome.failed} failed"] + ([f"{outcome.skipped} skipped"] if outcome.skipped else [])
    print(f"{name}: {', '.join(parts)}, {time.monotonic() - started:.0f} s" + (f" ({outcome.note})" if outcome.note else ""), flush=True)
    (LOGS / f"suite-{name}.log").write_text(outcome.text, encoding="utf-8")
    if outcome.failed:
        lines = outcome.text.splitlines()
        if len(lines) > SHOWN_LINES:
            print(f"    ... build/logs/suite-{name}.log holds all {len(lines)} lines")
        print("\n".join(f"    {line}" for line in lines[-SHOWN_LINES:]), flush=True)
    return outcome


def main(names):
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"run_suites: there is no suite or C test '{unknown[0]}'; suites: {', '.join(SUITES)}.", file=sys.stderr)
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    outcomes = [run(name) for name in (names or SUITES)]
    failed, left_out = sum(o.failed for o in outcomes), sum(o.skipped for o in outcomes)
    tail = f", {left_out} skipped" if left_out else ""
    print(f"{sum(o.passed for o in outcomes)} passed, {failed} failed{tail}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
