"""What a row of a bench says about where and on what it was measured; and the file of rows, which grows line by line."""

import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ROOT / "build" / "pilotage"
RESULTS = ROOT / "bench" / "results"


def cores():
    return len(os.sched_getaffinity(0))


def machine():
    """Processor, cores and memory; no name of the host."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = " ".join(line.split(":", 1)[1].split())
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return f"{model}, {cores()} cores, {memory:.0f} GiB"


def commit():
    """The last commit that changed the sources; `+` behind it where the tree differs from it."""
    sources = ["src", "include", "meson.build", "meson.options"]
    head = git("log", "-1", "--format=%h", "--abbrev=10", "--", *sources)
    return head + ("+" if git("status", "--porcelain", "--", *sources) else "")


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def load():
    return round(os.getloadavg()[0], 2)


def clean_environment():
    """The environment of everything that is measured: OpenBLAS chooses by itself, for peers and for us alike."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_") and name != "PYTHONPATH"}


class Results:
    """bench/results/NAME.jsonl: one JSON object a line, appended as soon as it is measured."""

    def __init__(self, name):
        self.path = RESULTS / f"{name}.jsonl"

    def rows(self):
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines() if line.strip()]

    def add(self, **row):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        row = {**row, "machine": machine(), "commit": commit(), "when": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        return row
