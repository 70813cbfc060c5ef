"""The whole profile of large made tables, notebook included, with and without the checks by model, beside ydata-profiling.

The tables hold injected defects (bench/wide_tables.py): what the profile says of them is judged in the run that is timed. Ours is timed
as a process; the peer from its first line read to its page written, in minimal mode, once, up to a limit.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

import defects
import findings
import machine
import peers
import wide_tables

TABLES = {"40000x37": (40_000, 37), "1000000x50": (1_000_000, 50)}
AIMS = {("40000x37", True): 0.5, ("40000x37", False): 5, ("1000000x50", True): 10, ("1000000x50", False): 40}
MEMORY_AIM, LARGE = 3, 10**8  # times the file, where it is so large that the program itself does not count


def timed(command, folder, limit):
    """Run a command; return its seconds, processor seconds, peak of memory in MB and output. ToolError where it fails or is late."""
    words = [sys.executable, "-I", "-S", machine.ROOT / "bench" / "timed.py", limit, folder / "said", *command]
    done = json.loads(peers.checked(words, folder, limit + 60))
    said = (folder / "said").read_text(encoding="utf-8", errors="replace").strip()
    if done["status"] and done["seconds"] >= limit:
        raise peers.ToolError(f"took more than {limit:.0f} s")
    if done["status"]:
        raise peers.ToolError(f"status {done['status']}: {said[-500:]}")
    return {**done, "said": said}


def judge(expected, quick, found):
    """Defects found and false alarms, and which; leaks are looked for by a model, so that a quick profile need not find them."""
    wanted = [case for case in expected if not (quick and case.finding.startswith("leak-"))]
    missed = [case.name for case in wanted if not findings.judge(case, found)["found"]]
    loud = [one for one in found if one["severity"] != "low"]
    false = [one for one in loud if not any(findings.explains(case, one) for case in expected)]
    return {
        "defects": len(wanted),
        "found": len(wanted) - len(missed),
        "missed": missed,
        "loud": len(loud),
        "false": [f"{one['id']} {one['columns']}" for one in false],
    }


def run_ours(table, path, quick, folder):
    """One profile; the judgement is of this run's own findings."""
    with tempfile.TemporaryDirectory(dir=folder) as job:
        words = [machine.COMMAND, "profile", path, "--target", table[0].target, "--output", Path(job) / "job", "--quiet"]
        done = timed(words + ["--quick"] * quick, folder, 600)
        found = json.loads((Path(job) / "job" / "findings.json").read_text())
        return done, judge(table[1], quick, found)


def measure_ours(table, path, quick, rounds, folder):
    runs = [run_ours(table, path, quick, folder) for _ in range(rounds)]
    return {
        "seconds": [done["seconds"] for done, _ in runs],
        "median": statistics.median(done["seconds"] for done, _ in runs),
        "processor_seconds": round(statistics.median(done["processor_seconds"] for done, _ in runs), 3),
        "peak_mb": max(done["peak_mb"] for done, _ in runs),
        **runs[0][1],
    }


def measure_peer(tool, path, limit, folder):
    command = [peers.python(tool), machine.ROOT / "bench" / "profile_peer.py", path, folder / "page.html"]
    try:
        done = timed(command, folder, limit)
    except peers.ToolError as error:
        return {"seconds": [], "median": None, "error": str(error)}
    seconds = json.loads(done["said"].splitlines()[-1])["seconds"]
    return {"seconds": [seconds], "median": seconds, "processor_seconds": done["processor_seconds"], "peak_mb": done["peak_mb"]}


def line_of(row):
    """What is printed of a row."""
    if row["median"] is None:
        return f"{row['table']:12} {row['tool']:16} {row['error']}"
    times = f"{row['median']:8.2f} s ({row['processor_seconds']:.1f} s of processor)"
    memory = f"{row['peak_mb']:6} MB, {row['peak_to_file']} of the file"
    judged = f"  found {row['found']} of {row['defects']}, {len(row['false'])} false of {row['loud']} loud" if "found" in row else ""
    return f"{row['table']:12} {row['tool']:16} {row['mode']:14} {times}  {memory}{judged}"


def report(name, size, tool, mode, aim, measured):
    megabytes = size / 10**6
    row = {
        "measurement": "whole",
        "table": name,
        "tool": tool,
        "version": peers.version(tool),
        "mode": mode,
        "megabytes": round(megabytes, 1),
        "threads": machine.cores(),
        "aim_seconds": aim,
        **measured,
        "load": machine.load(),
    }
    if "peak_mb" in row:
        row["peak_to_file"] = round(row["peak_mb"] / megabytes, 2)
    machine.Results("profile").add(**row)
    print(line_of(row), flush=True)


def add_options(parser, names):
    parser.add_argument("--tables", type=names, default=list(TABLES), help="profile: these tables")
    parser.add_argument("--profile-rounds", type=int, default=3, help="profile: rounds of ours")
    parser.add_argument("--profile-peers", type=names, default=["ydata-profiling"], help="profile: beside these; empty for none")
    parser.add_argument("--peer-limit", type=float, default=600, help="profile: seconds for a peer on one table")


def run(options):
    """Measure the tables that were asked for; return how many runs of ours missed an aim."""
    for tool in options.profile_peers:
        peers.make(tool)
    bad = 0
    for name in options.tables:
        with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as place:
            folder = Path(place)
            path, table = folder / "table.csv", wide_tables.make(*TABLES[name])
            defects.write(table[0], path)
            table[0].columns = {}  # half a million cells a column: not beside what is measured
            size = path.stat().st_size
            for quick in (True, False):
                measured = measure_ours(table, path, quick, options.profile_rounds, folder)
                aim = AIMS[name, quick]
                report(name, size, "pilotage", "quick" if quick else "all checks", aim, measured)
                too_large = size >= LARGE and measured["peak_mb"] * 10**6 > MEMORY_AIM * size
                bad += measured["median"] > aim or too_large or bool(measured["missed"])
            for tool in options.profile_peers:
                report(name, size, tool, "minimal", None, measure_peer(tool, path, options.peer_limit, folder))
    return bad
