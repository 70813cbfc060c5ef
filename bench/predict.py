"""./dev bench predict: rows a second and core from raw numbers, our predictor beside the library that trained the trees.

Each set is a made table (numbers with five digits, some missing; some with categories) and a model that a library trains on it with one
thread. Its trees are turned into our format. Then, in turns, our predictor runs by each instruction set that the processor has, and
the library's own on the same rows, one thread each, both from numbers in memory, in processor time. Both must agree within 1e-6. The
medians of all turns count. `few` are microseconds a call for 1 ... 64 rows: node by node, by the kernels, and as the predictor chooses.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import machine
import peers

DRIVER = machine.ROOT / "build" / "bench" / "predict_driver"
# name: library, settings, trees, numbers, categories
SETS = {
    "symmetric, 500 x depth 6": ("catboost", {"iterations": 500, "depth": 6, "loss_function": "RMSE"}, 500, 20, 0),
    "leaf-wise, 500 x 31 leaves": ("lightgbm", {"objective": "regression", "num_leaves": 31}, 500, 20, 0),
    "leaf-wise, 500 x 255 leaves": ("lightgbm", {"objective": "regression", "num_leaves": 255}, 500, 20, 0),
    "leaf-wise with 5 categories, 500 x 31 leaves": ("lightgbm", {"objective": "regression", "num_leaves": 31}, 500, 15, 5),
    "deep, 100 x 1024 leaves": ("lightgbm", {"objective": "regression", "num_leaves": 1024, "min_data_in_leaf": 5}, 100, 20, 0),
    "depth-wise, 500 x depth 6": ("xgboost", {"objective": "reg:squarederror", "max_depth": 6, "eta": 0.1}, 500, 20, 0),
}
LEVELS = (10, 30, 100, 300, 2000)


def make_table(seed, rows, numbers, coded):
    """Return columns of numbers, then of codes; float32 holds each number, so that libraries of either width see the same."""
    import numpy as np

    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, numbers)).astype(np.float32).astype(np.float64)
    x[draw.random(x.shape) < 0.03] = np.nan
    codes = draw.integers(-1, LEVELS[:coded], size=(rows, coded)) if coded else np.empty((rows, 0))
    signal = np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1]) * np.nan_to_num(x[:, 2]) + np.sin(3 * np.nan_to_num(x[:, 3]))
    for column in codes.T:
        signal = signal + 0.5 * np.sin(column)
    return np.column_stack([x, codes]), signal + draw.normal(size=rows)


def prepare(folder, options, name):
    """Train the set's model; what both sides read lies in the folder then."""
    import numpy as np

    kind, settings, trees, numbers, coded = SETS[name]
    x, y = make_table(1, options.train, numbers, coded)
    np.save(folder / "train.npy", np.column_stack([x, y]))
    rows, _ = make_table(2, options.rows, numbers, coded)
    np.save(folder / "rows.npy", rows)
    np.asfortranarray(rows).T.tofile(folder / "rows")
    (folder / "task.json").write_text(json.dumps({"settings": settings, "trees": trees, "coded": coded}))
    peers.make(kind)
    run([peers.python(kind), machine.ROOT / "bench" / "predict_peer.py", "train", kind, folder])


def run(words):
    done = subprocess.run([str(word) for word in words], env=machine.clean_environment(), capture_output=True, text=True)
    if done.returncode:
        raise peers.ToolError((done.stderr.strip() or done.stdout.strip())[-500:])
    return done.stdout


def check_scores(folder):
    import numpy as np

    ours, theirs = np.fromfile(folder / "scores"), np.fromfile(folder / "scores.peer")
    worst = float(np.max(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))))
    if not worst <= 1e-6:
        raise peers.ToolError(f"the library's predictions and ours differ by {worst}")
    return worst


def measure(folder, options, name):
    kind, _, trees, numbers, coded = SETS[name]
    ours, theirs = [], []
    for _ in range(options.turns):
        words = [DRIVER, kind, folder / "model", trees, folder / "rows", options.rows, numbers + coded, coded, folder / "scores"]
        ours.append(json.loads(run(words)))
        theirs.append(float(run([peers.python(kind), machine.ROOT / "bench" / "predict_peer.py", "time", kind, folder])))
    speeds = {kernels: round(options.rows / statistics.median(one["seconds"][kernels] for one in ours)) for kernels in ours[0]["seconds"]}
    few = {
        n: {way: round(1e6 * statistics.median(one["few"][n][way] for one in ours), 2) for way in ways}
        for n, ways in ours[0]["few"].items()
    }
    return {
        "set": name,
        "library": kind,
        "library_version": peers.version(kind),
        "trees": ours[0]["trees"],
        "nodes": ours[0]["nodes"],
        "rows": options.rows,
        "columns": numbers + coded,
        "rows_per_second": speeds,
        "library_rows_per_second": round(options.rows / statistics.median(theirs)),
        "prepare_ms": round(1e3 * statistics.median(one["prepare_seconds"] for one in ours), 2),
        "prepared_bytes": ours[0]["prepared_bytes"],
        "few_us": few,
        "worst_difference": check_scores(folder),
        "turns": options.turns,
    }


def main(words):
    parser = argparse.ArgumentParser(prog="./dev bench predict", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", choices=SETS, dest="sets", help="only this one (may be repeated)")
    parser.add_argument("--rows", type=int, default=100000, help="rows to predict")
    parser.add_argument("--train", type=int, default=20000, help="rows to train on")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args(words)
    run(["ninja", "-C", machine.ROOT / "build", "bench/predict_driver"])
    results = machine.Results("predict")
    for name in options.sets or SETS:
        with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
            prepare(Path(folder), options, name)
            before = machine.load()
            row = results.add(**measure(Path(folder), options, name), load_before=before, load_after=machine.load())
        best = max(row["rows_per_second"].values())
        speeds = ", ".join(f"{kernels} {speed / 1e6:.2f}" for kernels, speed in row["rows_per_second"].items())
        print(
            f"{name}: {speeds} million rows a second; {row['library']} {row['library_rows_per_second'] / 1e6:.3f}, "
            f"{best / row['library_rows_per_second']:.1f} times; one row {row['few_us']['1']['chosen']} us"
        )
    return 0
