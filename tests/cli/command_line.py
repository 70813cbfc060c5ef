"""Shared by the tests of the command: running it, and small tables with a signal."""

import csv
import json
import os
import random
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("PILOTAGE_COMMAND", ROOT / "build" / "pilotage"))

# Fields of `candidates --json` that hold measured times, or follow from them.
TIMES = ("fit_seconds", "predict_us_per_row", "cost")


class Ended:
    """How a command ended."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.out[-2000:]}\n--- stderr\n{self.err[-2000:]}"

    def json(self):
        return json.loads(self.out)

    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def rows(self):
        return list(csv.reader(self.out.splitlines()))


class Place:
    """A folder in which commands run and tables are written."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __truediv__(self, name):
        return self.folder / name

    def pilotage(self, *words, limit=180):
        """Run the command; a crash or a hang fails the test."""
        done = subprocess.run(
            [str(COMMAND), *map(str, words)], cwd=self.folder, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL
        )
        ended = Ended(done)
        assert done.returncode >= 0, ended
        return ended

    def table(self, name, header, rows, delimiter=","):
        with (self.folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        return name

    def text(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8", newline="")
        return name

    def names(self):
        """Everything in the folder, hidden files too."""
        return sorted(path.name for path in self.folder.iterdir())

    def run_job(self, table, *words, output="job", trials=6):
        ended = self.pilotage("run", table, "--output", output, "--max-trials", trials, "--quiet", *words)
        assert ended.status == 0, ended
        return self.folder / output


HEADER = ["age", "income", "city", "joined", "note", "bought"]


def customers(n=240, seed=1, labels=("no", "yes")):
    """Rows with a signal in income and city; missing cells; a date; a column that says nothing."""
    draw = random.Random(seed)
    rows = []
    for _ in range(n):
        age, income, city = draw.randint(18, 80), draw.gauss(2000, 600), draw.choice(["Bonn", "Ulm", "Jena", ""])
        chance = 0.85 if (income > 2200) == (city != "Ulm") else 0.15
        date = f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        rows.append(
            [age if draw.random() > 0.1 else "", f"{income:.2f}", city, date, draw.choice(["a", "b"]), labels[draw.random() < chance]]
        )
    return rows


def is_one_sentence(ended):
    """A refusal: one line on stderr (behind lines of progress), under 400 bytes, nothing on stdout, no trace."""
    lines = [line for line in ended.err.split("\n") if not re.fullmatch(r" *[0-9.]+ s  [a-z]+", line)]
    assert len(lines) == 2 and lines[1] == "", ended
    assert len(lines[0].removeprefix("pilotage: ").encode()) < 400, ended
    assert ended.out == "", ended
    assert lines[0].startswith("pilotage: ") and lines[0].endswith("."), ended
    assert "Traceback" not in ended.err and "Stack trace" not in ended.err, ended
    return True


def without_times(rows):
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
