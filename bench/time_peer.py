"""One peer's training time, in its own environment: time_peer.py TOOL FOLDER DEPTH THREADS ROUNDS...

Fits FOLDER/train.csv (numbers; the last column is the target of a regression) with each number of rounds, at equal depth (2^depth
leaves for LightGBM), and prints the seconds of each fit as a JSON list.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd


def lightgbm(depth, threads, rounds):
    import lightgbm as library

    return library.LGBMRegressor(num_leaves=2**depth, n_estimators=rounds, learning_rate=0.05, n_jobs=threads, verbose=-1)


def xgboost(depth, threads, rounds):
    import xgboost as library

    return library.XGBRegressor(max_depth=depth, n_estimators=rounds, learning_rate=0.05, n_jobs=threads)


def catboost(depth, threads, rounds):
    import catboost as library

    return library.CatBoostRegressor(
        depth=depth, iterations=rounds, learning_rate=0.05, thread_count=threads, verbose=False, allow_writing_files=False
    )


def main():
    tool, folder, depth, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    table = pd.read_csv(folder / "train.csv")
    target = table.pop(table.columns[-1])
    seconds = []
    for rounds in map(int, sys.argv[5:]):
        model = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost}[tool](depth, threads, rounds)
        start = time.perf_counter()
        model.fit(table, target)
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
