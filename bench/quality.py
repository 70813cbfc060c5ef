"""./dev bench quality: our models against those of other tools, on the same splits, seconds and cores, in one run.

Measure: ln(loss / peer's loss), loss = 1 - AUC, log loss or RMSE; the mean over a set's splits, clipped to +-0.5 a set, then the mean over
the sets with a 95 % interval (Student's t over sets). Below zero we are better; a win is the better mean of a set. A peer that fails is
reported and is no win. Tools are interleaved within one (set, split). Rows are appended to bench/results/quality.jsonl; what is there for
this commit, machine and seconds is not measured again (--keep-peers: nor peers of other commits, which do not change with ours).
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
import time
from pathlib import Path

import machine
import peers
import sets

OURS = "pilotage"
CLIP = 0.5


def parse(words):
    parser = argparse.ArgumentParser(prog="./dev bench quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=peers.data_folder(), help="folder of the tables (PILOTAGE_DEV_DATA)")
    parser.add_argument("--sets", default=",".join(sets.SETS), help="names, separated by commas (all)")
    parser.add_argument("--tools", default=",".join([OURS, *peers.names()]), help="names, separated by commas (all)")
    parser.add_argument("--splits", type=int, default=1, choices=range(1, 6), help="so many of the five splits (1)")
    parser.add_argument("--seconds", type=float, default=60, help="for every tool that takes a limit (60)")
    parser.add_argument("--preset", default="medium_quality", help="of AutoGluon (medium_quality, its default)")
    parser.add_argument("--keep-peers", action="store_true", help="take rows of peers that were measured at another commit of ours")
    parser.add_argument("--summary", action="store_true", help="measure nothing; print the table of this commit")
    parser.add_argument("--commit", default=None, help="with --summary: the commit whose rows are shown (this one)")
    options = parser.parse_args(words)
    options.sets = options.sets.split(",")
    options.tools = options.tools.split(",")
    for kind, names, known in (("set", options.sets, sets.SETS), ("tool", options.tools, [OURS, *peers.names()])):
        unknown = [name for name in names if name not in known]
        if unknown:
            parser.error(f"there is no {kind} '{unknown[0]}'; there are {', '.join(known)}")
    if not options.summary and not (options.data and Path(options.data).is_dir()):
        parser.error("the folder of the tables is missing; set PILOTAGE_DEV_DATA or give --data")
    return options


def identity(options, one, split, tool):
    """What a row was asked for; two rows with the same are the same measurement."""
    limited = tool in (OURS, "flaml", "autogluon")
    return {
        "set": one.name,
        "split": split,
        "tool": tool,
        "seconds": options.seconds if limited else None,
        "preset": options.preset if tool == "autogluon" else None,
        "version": peers.version(tool),
    }


def find(rows, wanted, commit, options):
    """The last row that answers `wanted`, or None."""
    here = machine.machine()
    for row in reversed(rows):
        same = all(row.get(key) == value for key, value in wanted.items()) and row["machine"] == here
        free = options.keep_peers and wanted["tool"] != OURS
        if same and (free or row["commit"] == commit):
            return row
    return None


def run_ours(folder, one, options):
    """Train and predict with the command; returns what the row says about it."""
    run = [
        machine.COMMAND,
        "run",
        "train.csv",
        "--target",
        one.target,
        "--problem-type",
        one.task,
        "--time-limit",
        str(options.seconds),
        "--output",
        "job",
        "--quiet",
    ]
    started = time.monotonic()
    peers.checked(run, folder, options.seconds * 1.5 + 60)
    fitted = time.monotonic()
    peers.checked([machine.COMMAND, "predict", "job", "test.csv", "--output", f"{OURS}.csv"], folder, 300)
    about = {"fit_seconds": round(fitted - started, 3), "predict_seconds": round(time.monotonic() - fitted, 3)}
    job = json.loads((folder / "job" / "job.json").read_text())
    return {**about, "best": job.get("best"), "own_score": job.get("score")}


def last_words(failure):
    """Why a tool failed: the last line, without the paths of its environment that stand before it."""
    lines = str(failure).strip().splitlines()
    return lines[-1][-300:] if lines else type(failure).__name__


def measure(folder, one, tool, options):
    """One row without what Results adds: the loss of `tool` on the split in `folder`, or its error."""
    before = machine.load()
    try:
        about = run_ours(folder, one, options) if tool == OURS else peers.run(tool, folder, one, options, machine.cores())
        score, loss = peers.score(one, folder / "test.csv", folder / f"{tool}.csv")
        outcome = {"status": "ok", "score": score, "loss": loss, "error": None, **about}
    except peers.ToolError as failure:
        outcome = {"status": "failed", "score": None, "loss": None, "error": last_words(failure)}
    return {**outcome, "metric": one.metric, "seed": 0, "cores": machine.cores(), "load_before": before, "load_after": machine.load()}


def run_split(one, split, options, results, commit):
    """All tools on one (set, split), one after the other."""
    rows = results.rows()
    open_tools = [tool for tool in options.tools if not find(rows, identity(options, one, split, tool), commit, options)]
    if not open_tools:
        return
    folder = Path(tempfile.mkdtemp(prefix="pilotage-bench-"))
    try:
        sets.write_split(one, options.data, split, folder)
        for tool in open_tools:
            row = results.add(**identity(options, one, split, tool), **measure(folder, one, tool, options))
            shown = (
                f"{row['metric']} {row['score']:.5f}"
                if row["score"] is not None
                else f"failed: {row['error'].splitlines()[-1] if row['error'] else ''}"
            )
            print(f"{one.name} {split} {tool} {shown} ({row.get('fit_seconds', '-')} s)", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ln_ratio(ours, theirs):
    smallest = 1e-9
    return math.log(max(ours, smallest) / max(theirs, smallest))


def table(options, rows, commit):
    """Per set: mean ln ratio against each peer; None where one of them has no loss."""
    cells = {}
    for name in options.sets:
        one = sets.SETS[name]
        for tool in options.tools:
            ratios = []
            for split in range(options.splits):
                ours, theirs = (find(rows, identity(options, one, split, which), commit, options) for which in (OURS, tool))
                if ours and theirs and ours["loss"] is not None and theirs["loss"] is not None:
                    ratios.append(ln_ratio(ours["loss"], theirs["loss"]))
            cells[name, tool] = max(-CLIP, min(CLIP, sum(ratios) / len(ratios))) if ratios else None
    return cells


def interval(values):
    """Mean and half width of its 95 % interval."""
    from scipy.stats import t

    n = len(values)
    mean = sum(values) / n
    if n < 2:
        return mean, math.nan
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    return mean, float(t.ppf(0.975, n - 1)) * deviation / math.sqrt(n)


def loss_of(rows, options, one, tool, commit):
    found = [find(rows, identity(options, one, split, tool), commit, options) for split in range(options.splits)]
    losses = [row["loss"] for row in found if row and row["loss"] is not None]
    failed = sum(row is not None and row["loss"] is None for row in found)
    return f"{sum(losses) / len(losses):.5f}" + (f" ({failed} failed)" if failed else "") if losses else ("failed" if failed else "-")


def summary(options, rows, commit):
    others = [tool for tool in options.tools if tool != OURS]
    print(f"\nloss (1 - AUC, log loss, RMSE), {options.splits} split(s), {options.seconds:g} s, {commit}, {machine.machine()}")
    width = max(map(len, options.sets))
    print(" ".join([f"{'set':{width}}", *(f"{tool:>13}" for tool in [OURS, *others])]))
    for name in options.sets:
        print(" ".join([f"{name:{width}}", *(f"{loss_of(rows, options, sets.SETS[name], tool, commit):>13}" for tool in [OURS, *others])]))
    cells = table(options, rows, commit)
    print(f"\nln(our loss / peer's loss), below 0 is better\n{'set':{width}} " + " ".join(f"{tool:>13}" for tool in others))
    for name in options.sets:
        print(
            f"{name:{width}} "
            + " ".join(f"{cells[name, tool]:13.4f}" if cells[name, tool] is not None else f"{'-':>13}" for tool in others)
        )
    for tool in others:
        values = [cells[name, tool] for name in options.sets if cells[name, tool] is not None]
        if values:
            mean, half = interval(values)
            wins = sum(value < 0 for value in values)
            print(f"against {tool} {peers.version(tool)}: mean {mean:+.4f} +- {half:.4f}, wins {wins} of {len(values)}")


def main(words):
    options = parse(words)
    results, commit = machine.Results("quality"), machine.commit()
    if not options.summary:
        for tool in options.tools:
            if tool != OURS:
                peers.make(tool)
        if machine.load() > 0.7:
            print(f"the load average is {machine.load()}: something else runs beside this bench, its rows will say so", file=sys.stderr)
        for split in range(options.splits):
            for name in options.sets:
                run_split(sets.SETS[name], split, options, results, commit)
    summary(options, results.rows(), options.commit or commit)
    return 0
