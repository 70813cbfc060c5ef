"""What `boost` costs by itself, for ./dev bench boost: five folds against one fit, memory, and growth with rows and columns."""

import json
import math
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import machine
import numpy as np
import pandas as pd
from boost_rows import OURS, find, identity

BUILD = machine.ROOT / "build" / "bench"
PLOT = machine.ROOT / "docs" / "boost-cost.svg"
# Rows, columns of numbers, levels of each category.
FOLD_TABLES = {"numbers 100000x50": (100000, 50, ()), "categories 50000x15": (50000, 10, (5, 20, 100, 500, 3000))}
FOLD_ROUNDS = 200
# Rows, columns of numbers, categories of 50 levels.
MEMORY_TABLES = {"100000x50": (100000, 50, 0), "1000000x10": (1000000, 10, 0), "100000x10+5": (100000, 10, 5)}
STATISTICS = 16  # values a row and category: four statistics in four orders
LINEAR_ROWS, LINEAR_COLUMNS = (10000, 100000, 1000000), (10, 50)


def said(words, folder=None):
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, env=machine.clean_environment())
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def write_table(folder, rows, numbers, levels):
    random = np.random.default_rng(1)
    table = pd.DataFrame(random.normal(size=(rows, numbers)).round(6), columns=[f"x{i}" for i in range(numbers)])
    y = 2 * table["x0"] + np.sin(3 * table["x1"]) + table["x2"] * table["x3"] + random.normal(size=rows)
    for i, count in enumerate(levels):
        codes = random.integers(0, count, size=rows)
        y = y + random.normal(size=count)[codes]
        table[f"c{i}"] = np.char.add("k", codes.astype(str))
    table.assign(y=y.round(6)).to_csv(folder / "train.csv", index=False)
    table.head(10).to_csv(folder / "test.csv", index=False)


def fit_words(how, threads=1):
    parameters = json.dumps({"learning_rate": 0.05, "rounds": FOLD_ROUNDS, "patience": FOLD_ROUNDS})
    return [BUILD / "fit_algorithm", "job", OURS, parameters, how, threads, "test.csv", f"{how.replace(':', '-')}.csv"]


def two_workers(folder):
    """Seconds until both workers of a job with five folds are done."""
    words = [[str(word) for word in fit_words(how)] for how in ("bag:0,2,4", "bag:1,3")]
    workers = [subprocess.Popen(one, cwd=folder, stdout=subprocess.PIPE, text=True, env=machine.clean_environment()) for one in words]
    return max(json.loads(worker.communicate()[0])["fit_seconds"] for worker in workers)


def measure_folds(folder):
    """Medians of three: ratios of five folds to one fit, side by side."""
    rows = []
    for _ in range(3):
        one, five, wall = said(fit_words(str(FOLD_ROUNDS)), folder), said(fit_words("bag"), folder), two_workers(folder)
        rows.append(
            {
                "one_seconds": one["processor_seconds"],
                "processor": five["processor_seconds"] / one["processor_seconds"],
                "clock": wall / one["fit_seconds"],
                "one_mb": one["above_mb"],
                "folds_mb": five["above_mb"],
            }
        )
    return {key: round(statistics.median(row[key] for row in rows), 4) for key in rows[0]}


def folds(name):
    folder = Path(tempfile.mkdtemp(prefix="pilotage-bench-"))
    try:
        write_table(folder, *FOLD_TABLES[name])
        plan = [machine.COMMAND, "plan", "train.csv", "--target", "y", "--folds", "5", "--output", "job", "--quiet"]
        subprocess.run([str(word) for word in plan], cwd=folder, capture_output=True, check=True, env=machine.clean_environment())
        return measure_folds(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fit_numbers(rows, numbers, categories, few, many, threads):
    """Without combinations, so that there are as many statistics as the bound counts."""
    parameters = json.dumps({"learning_rate": 0.05, "max_ctr_complexity": 1, "number_ctr_rows": 0})
    return said([BUILD / "fit_numbers", OURS, parameters, rows, numbers, categories, few, many, threads])


def memory(name):
    rows, numbers, categories = MEMORY_TABLES[name]
    bound = (2 * rows * (numbers + categories) + 40 * rows + STATISTICS * rows * categories) / 2**20
    return {"above_mb": fit_numbers(rows, numbers, categories, 5, 15, 1)["above_mb"], "bound_mb": round(bound, 2)}


def linear(name):
    rows, columns = map(int, name.split("x"))
    many = max(6, min(200, 2000000 // rows))
    runs = [fit_numbers(rows, columns, 0, 1, many, 1) for _ in range(1 if rows == max(LINEAR_ROWS) else 3)]
    return {key: min(run[key] for run in runs) for key in ("ms_per_round", "start_seconds")}


KINDS = {
    "folds": (folds, FOLD_TABLES),
    "memory": (memory, MEMORY_TABLES),
    "linear": (linear, [f"{rows}x{columns}" for columns in LINEAR_COLUMNS for rows in LINEAR_ROWS]),
}


def run(options, results, commit):
    for kind, (measure, names) in KINDS.items():
        for name in names if kind in options.what.split(",") else ():
            wanted = {**identity(options, kind, name, OURS), "threads": 1}
            if find(results.rows(), wanted, commit, options):
                continue
            before = machine.load()
            row = results.add(**wanted, **measure(name), load_before=before)
            print(kind, name, {key: row[key] for key in row if key not in wanted}, flush=True)


def place(value, low, high, start, end):
    """Logarithmic."""
    return start + (end - start) * math.log(value / low) / math.log(high / low)


def plot(times):
    """`times`: columns to [(rows, ms a tree)]. The picture has a ground of its own, so that it reads on light and dark pages."""
    width, height, left, right, top, bottom = 640, 360, 70, 90, 40, 50
    every = [ms for line in times.values() for _, ms in line]
    low, high = 10 ** math.floor(math.log10(min(every))), 10 ** math.ceil(math.log10(max(every)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Processor time a tree of boost by rows and columns</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{left}" y="22" fill="#222222" font-size="14">Milliseconds a tree of depth 6, one thread</text>',
    ]

    def x_of(rows):
        return place(rows, min(LINEAR_ROWS), max(LINEAR_ROWS), left, width - right)

    def y_of(ms):
        return place(ms, low, high, height - bottom, top)

    for rows in LINEAR_ROWS:
        parts.append(f'<line x1="{x_of(rows):.1f}" y1="{top}" x2="{x_of(rows):.1f}" y2="{height - bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x_of(rows):.1f}" y="{height - bottom + 18}" fill="#444444" text-anchor="middle">{rows:,}</text>')
    ms = low
    while ms <= high * 1.001:
        parts.append(f'<line x1="{left}" y1="{y_of(ms):.1f}" x2="{width - right}" y2="{y_of(ms):.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y_of(ms) + 4:.1f}" fill="#444444" text-anchor="end">{ms:g}</text>')
        ms *= 10
    middle = (left + width - right) / 2
    parts.append(f'<text x="{middle:.0f}" y="{height - 12}" fill="#444444" text-anchor="middle">rows</text>')
    for (columns, line), color in zip(times.items(), ("#0072b2", "#d55e00"), strict=True):
        points = " ".join(f"{x_of(rows):.1f},{y_of(ms):.1f}" for rows, ms in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.extend(f'<circle cx="{x_of(rows):.1f}" cy="{y_of(ms):.1f}" r="4" fill="{color}"/>' for rows, ms in line)
        rows, ms = line[-1]
        parts.append(f'<text x="{x_of(rows) + 10:.1f}" y="{y_of(ms) + 4:.1f}" fill="{color}">{columns} columns</text>')
    parts.append("</svg>")
    PLOT.write_text("\n".join(parts) + "\n", encoding="utf-8")


def show_linear(found, draw):
    times = {}
    for columns in LINEAR_COLUMNS:
        line = [(rows, found[f"{rows}x{columns}"]["ms_per_round"]) for rows in LINEAR_ROWS if f"{rows}x{columns}" in found]
        times[columns] = line
        for rows, ms in line:
            print(f"linear {rows:8} x {columns:2}  {ms:9.3f} ms a tree, {1e6 * ms / rows / columns:7.3f} ns a cell")
    if draw and all(len(line) == len(LINEAR_ROWS) for line in times.values()):
        plot(times)


def show(options, rows, commit):
    for kind, (_, names) in KINDS.items():
        rows_found = {name: find(rows, {**identity(options, kind, name, OURS), "threads": 1}, commit, options) for name in names}
        found = {name: row for name, row in rows_found.items() if row}
        if kind == "linear":
            show_linear(found, kind in options.what.split(",") and not options.summary)
            continue
        for name, row in found.items():
            if kind == "folds":
                print(
                    f"folds {name:20} processor {row['processor']:.2f}, clock {row['clock']:.2f} of one fit; "
                    f"above the table one {row['one_mb']:.1f} MB, five live {row['folds_mb']:.1f} MB"
                )
            else:
                print(f"memory {name:12} {row['above_mb']:.1f} MB, bound {row['bound_mb']:.1f} MB")
