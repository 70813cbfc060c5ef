"""./dev bench boost: the algorithm `boost` with its defaults against CatBoost, LightGBM and XGBoost with theirs, side by side in one run.

quality   ln(loss / peer's loss) on splits of the development tables, as ./dev bench quality reckons it. Of `boost` one model: the
          rounds by a held-out part, then all rows, as the engine trains a candidate with one split.
folds     processor time of all folds against one fit on all rows, with equal rounds, and time on the clock of two workers with a thread
          each against one; memory of both above the mapped table.
memory    of one fit by itself, against 2 bytes a cell, 40 a row and 1 a value of a target statistic.
linear    processor time a tree for 10,000 to 1,000,000 rows and 10 and 50 columns; draws docs/boost-cost.svg.
speed     milliseconds a tree of squared error on tables of numbers, at equal depth and threads: the slope between two numbers of
          rounds, so that reading and binning do not count. LightGBM and `leafwise` have 2^depth leaves.
`leafwise` is `boost` with grow_policy Lossguide.
Rows are appended to bench/results/boost.jsonl; what is there for this commit and machine is not measured again. With --keep-peers a peer's
quality is taken from any commit, and from bench/results/quality.jsonl too: its data, settings and version are the same there, it has
no time limit, and it does not change with ours.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import boost_costs
import machine
import peers
import quality
import sets
from boost_rows import OURS, OWN, TOOLS, find, identity, known

SHAPES = {OURS: {"depth": 6}, "leafwise": {"max_leaves": 2**6}}  # where speed is measured
PROGRAM = machine.ROOT / "build" / "bench" / "fit_algorithm"
TABLES = {"5000x20": (5000, 20, 100, 700), "100000x50": (100000, 50, 20, 100)}


def parse(words):
    parser = argparse.ArgumentParser(prog="./dev bench boost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=peers.data_folder(), help="folder of the tables (PILOTAGE_DEV_DATA)")
    parser.add_argument("--what", default="quality,speed", help="of the five, with commas (quality,speed)")
    parser.add_argument("--sets", default=",".join(sets.SETS), help="names, separated by commas (all)")
    parser.add_argument("--tools", default=",".join(TOOLS), help="names, separated by commas (all)")
    parser.add_argument("--splits", type=int, default=1, choices=range(1, 6), help="so many of the five splits (1)")
    parser.add_argument("--parameters", default="{}", help="of boost, as JSON ({})")
    parser.add_argument("--how", default="stop", help="a number of rounds on all rows, `stop` or `bag` (stop)")
    parser.add_argument("--threads", type=int, default=machine.cores(), help="of every tool (all cores)")
    parser.add_argument(
        "--keep-peers", action="store_true", help="take the quality of peers from rows of other commits and of ./dev bench quality"
    )
    parser.add_argument("--summary", action="store_true", help="measure nothing; print what is there for this commit")
    options = parser.parse_args(words)
    options.sets, options.tools = options.sets.split(","), options.tools.split(",")
    options.seconds, options.preset = 0, None
    if "quality" in options.what and not options.summary and not (options.data and Path(options.data).is_dir()):
        parser.error("the folder of the tables is missing; set PILOTAGE_DEV_DATA or give --data")
    return options


def plan(folder, target):
    peers.checked([machine.COMMAND, "plan", "train.csv", "--target", target, "--output", "job"], folder, 600)


def fit_ours(folder, tool, how, parameters, threads):
    """Fit on the planned job of `folder`, predict test.csv; what the program says about it."""
    text = json.dumps({**OWN[tool], **parameters})
    words = [PROGRAM, "job", OURS, text, how, threads, "test.csv", f"{tool}.csv"]
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, env=machine.clean_environment())
    if done.returncode:
        raise peers.ToolError(done.stderr.strip())
    return json.loads(done.stdout)


def measure_quality(folder, one, tool, options):
    try:
        if tool in OWN:
            if not (folder / "job").exists():
                plan(folder, one.target)
            about = fit_ours(folder, tool, options.how, json.loads(options.parameters), options.threads)
        else:
            about = peers.run(tool, folder, one, options, options.threads)
        _, loss = peers.score(one, folder / "test.csv", folder / f"{tool}.csv")
        return {"loss": loss, "error": None, **about}
    except peers.ToolError as failure:
        return {"loss": None, "error": quality.last_words(failure)}


def run_quality(options, results, commit):
    for split in range(options.splits):
        for name in options.sets:
            missing = [t for t in options.tools if not find(known(options), identity(options, "quality", name, t, split), commit, options)]
            if not missing:
                continue
            folder = Path(tempfile.mkdtemp(prefix="pilotage-bench-"))
            try:
                sets.write_split(sets.SETS[name], options.data, split, folder)
                for tool in missing:
                    row = measure_quality(folder, sets.SETS[name], tool, options)
                    results.add(**identity(options, "quality", name, tool, split), **row, load_before=machine.load())
                    print(name, split, tool, row["loss"] or row["error"], f"({row.get('fit_seconds', '-')} s)", flush=True)
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def write_numbers(folder, rows, columns):
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(1)
    x = random.normal(size=(rows, columns)).round(6)
    y = 2 * x[:, 0] + np.sin(3 * x[:, 1]) + x[:, 2] * x[:, 3] + random.normal(size=rows)
    table = pd.DataFrame(x, columns=[f"x{i}" for i in range(columns)]).assign(y=y.round(6))
    table.to_csv(folder / "train.csv", index=False)
    table.head(10).to_csv(folder / "test.csv", index=False)


def time_tool(folder, tool, few, many, threads):
    """Seconds of both fits."""
    if tool in OWN:
        parameters = {"learning_rate": 0.05, "number_ctr_rows": 0, **SHAPES[tool]}
        return [fit_ours(folder, tool, rounds, parameters, threads)["fit_seconds"] for rounds in (few, many)]
    words = [peers.python(tool), machine.ROOT / "bench" / "time_peer.py", tool, folder, 6, threads, few, many]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True, env=machine.clean_environment())
    return json.loads(done.stdout)


def run_speed(options, results, commit):
    for name, (rows, columns, few, many) in TABLES.items():
        missing = [t for t in options.tools if not find(known(options), identity(options, "speed", name, t), commit, options)]
        if not missing:
            continue
        folder = Path(tempfile.mkdtemp(prefix="pilotage-bench-"))
        try:
            write_numbers(folder, rows, columns)
            plan(folder, "y")
            slopes = {tool: [] for tool in missing}
            for _ in range(3):
                for tool in missing:
                    seconds = time_tool(folder, tool, few, many, options.threads)
                    slopes[tool].append(1000 * (seconds[1] - seconds[0]) / (many - few))
            for tool in missing:
                middle = sorted(slopes[tool])[1]
                results.add(**identity(options, "speed", name, tool), ms_per_tree=middle, load_before=machine.load())
                print(name, tool, f"{middle:.3f} ms a tree", flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def show_quality(options, rows, commit):
    for tool in options.tools:
        if tool == OURS:
            continue
        cells = []
        for name in options.sets:
            ratios = []
            for split in range(options.splits):
                ours, theirs = (find(rows, identity(options, "quality", name, which, split), commit, options) for which in (OURS, tool))
                if ours and theirs and ours["loss"] is not None and theirs["loss"] is not None:
                    ratios.append(quality.ln_ratio(ours["loss"], theirs["loss"]))
            if ratios:
                cells.append((name, max(-quality.CLIP, min(quality.CLIP, sum(ratios) / len(ratios)))))
        if not cells:
            continue
        print(f"\nln(loss of boost / loss of {tool}), below 0 is better")
        for name, value in cells:
            print(f"  {name:20} {value:+.4f}")
        mean, half = quality.interval([value for _, value in cells])
        print(f"  mean {mean:+.4f} +- {half:.4f}, wins {sum(value < 0 for _, value in cells)} of {len(cells)}")


def show_speed(options, rows, commit):
    for name in TABLES:
        found = {tool: find(rows, identity(options, "speed", name, tool), commit, options) for tool in options.tools}
        for tool, row in found.items():
            if not row:
                continue
            rivals = [own for own in OWN if found.get(own) and tool not in OWN]
            shares = "".join(f", {own} takes {found[own]['ms_per_tree'] / row['ms_per_tree']:.2f} of it" for own in rivals)
            print(f"{name:10} {tool:9} {row['ms_per_tree']:.3f} ms a tree on {options.threads} threads{shares}")


def main(words):
    options = parse(words)
    results, commit = machine.Results("boost"), machine.commit()
    if not options.summary:
        subprocess.run(["ninja", "-C", str(machine.ROOT / "build"), "pilotage", "bench/fit_algorithm", "bench/fit_numbers"], check=True)
        for tool in options.tools:
            if tool not in OWN and ("quality" in options.what or "speed" in options.what):
                peers.make(tool)
        boost_costs.run(options, results, commit)
        if "quality" in options.what:
            run_quality(options, results, commit)
        if "speed" in options.what:
            run_speed(options, results, commit)
    rows = known(options)
    show_quality(options, rows, commit)
    show_speed(options, rows, commit)
    boost_costs.show(options, rows, commit)
    return 0
