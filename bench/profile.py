"""./dev bench profile: reading a table, beside pandas, pyarrow, polars and DuckDB; and the whole profile, beside ydata-profiling.

Reading: the file is made (bench/mixed_csv.py: 16 columns of numbers, integers, categories, dates, times, texts, with missing cells) and
lies in the page cache. Each round runs every tool once, in a process of its own, to typed columns in memory; what counts is the median of
the rounds against the fastest peer of the same rounds. Writing our frame file is reported beside it.

Whole profile: bench/whole_profile.py.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import machine
import mixed_csv
import peers
import whole_profile

PEERS = ("pandas", "pyarrow", "polars", "duckdb")


def run(tool, path, threads, folder):
    """Return the seconds, the peak of memory in MB, and what else the tool said."""
    if tool == "pilotage":
        command = [machine.ROOT / "build" / "tests" / "read_frame", path, threads, 1, folder / "written.frame"]
    else:
        command = [peers.python(tool), machine.ROOT / "bench" / "read_peer.py", tool, path, threads]
    return json.loads(peers.checked(command, folder, 600))


def measure(options, path, folder):
    """Return tool to the list of its runs."""
    runs = {tool: [] for tool in ("pilotage", *options.peers)}
    path.read_bytes()
    for _ in range(options.rounds):
        for tool, done in runs.items():
            done.append(run(tool, path, options.threads, folder))
    return runs


def report(options, size, runs):
    """Print a line a tool and append a row each to bench/results/profile.jsonl."""
    results = machine.Results("profile")
    middle = {tool: statistics.median(done["seconds"][0] for done in list_) for tool, list_ in runs.items()}
    fastest = min((seconds for tool, seconds in middle.items() if tool != "pilotage"), default=None)
    for tool, done in runs.items():
        seconds = [one["seconds"][0] for one in done]
        row = {
            "measurement": "read",
            "tool": tool,
            "version": peers.version(tool),
            "megabytes": round(size / 10**6),
            "threads": options.threads,
            "seconds": seconds,
            "median": middle[tool],
            "to_fastest_peer": round(middle[tool] / fastest, 3) if fastest else None,
            "peak_mb": max(one["peak_mb"] for one in done),
            "load": machine.load(),
        }
        if tool == "pilotage":
            row["write_seconds"] = statistics.median(one["write_seconds"] for one in done)
        results.add(**row)
        ratio = f"{row['to_fastest_peer']:.2f}x the fastest peer" if fastest else ""
        print(f"{tool:10} {middle[tool]:8.3f} s  {row['peak_mb']:6} MB  {ratio}")


def read(options):
    for tool in options.peers:
        peers.make(tool)
    subprocess.run(["ninja", "-C", machine.ROOT / "build", "tests/read_frame"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
        path = options.file or Path(folder) / "mixed.csv"
        if not options.file:
            mixed_csv.write(path, options.megabytes)
        report(options, path.stat().st_size, measure(options, path, Path(folder)))


def names(text):
    return [name for name in text.split(",") if name]


def main(words):
    parser = argparse.ArgumentParser(prog="./dev bench profile", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--what", type=names, default=["reading", "profile"], help="parts, separated by commas (reading,profile)")
    parser.add_argument("--megabytes", type=float, default=400)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=names, default=list(PEERS))
    parser.add_argument("--file", type=Path, help="read this one instead of making one")
    whole_profile.add_options(parser, names)
    options = parser.parse_args(words)
    if "reading" in options.what:
        read(options)
    return 1 if "profile" in options.what and whole_profile.run(options) else 0
