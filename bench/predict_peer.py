"""A library for ./dev bench predict, in its own environment: trains a model on a made table and writes it, or times its own predictor.

Usage: predict_peer.py train|time KIND FOLDER. FOLDER/task.json says what to train; FOLDER/train.npy and FOLDER/rows.npy are the tables
(the last column of the first is the target, the last `coded` columns before it are codes). Timing prints the median processor seconds of
some passes over FOLDER/rows.npy with one thread, from numbers in memory in the layout that suits the library, without making its data set.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

PASSES = 5


def tables(folder):
    train = np.load(folder / "train.npy")
    return train[:, :-1], train[:, -1], np.load(folder / "rows.npy")


def median_seconds(call):
    call()
    seconds = []
    for _ in range(PASSES):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def catboost(action, folder, task):
    import catboost

    x, y, rows = tables(folder)
    if action == "train":
        model = catboost.CatBoost({**task["settings"], "verbose": False, "allow_writing_files": False, "thread_count": 1, "random_seed": 1})
        model.fit(x.astype(np.float32), y)
        model.save_model(str(folder / "model.json"), format="json")
        model.save_model(str(folder / "model.own"))
        whole = json.loads((folder / "model.json").read_text())
        kept = {"float_features": whole["features_info"]["float_features"]}
        kept.update({key: whole[key] for key in ("oblivious_trees", "scale_and_bias")})
        (folder / "model").write_text(json.dumps(kept))
        return
    model = catboost.CatBoost().load_model(str(folder / "model.own"))
    pool = catboost.Pool(np.asfortranarray(rows.astype(np.float32)))
    np.asarray(model.predict(pool, thread_count=1), dtype=np.float64).tofile(folder / "scores.peer")
    print(median_seconds(lambda: model.predict(pool, thread_count=1)))


def lightgbm(action, folder, task):
    import lightgbm

    x, y, rows = tables(folder)
    if action == "train":
        settings = {**task["settings"], "verbosity": -1, "num_threads": 1, "seed": 1}
        coded = list(range(x.shape[1] - task["coded"], x.shape[1]))
        data = lightgbm.Dataset(x, y, categorical_feature=coded)
        lightgbm.train(settings, data, task["trees"]).save_model(folder / "model")
        return
    model = lightgbm.Booster(model_file=folder / "model")
    rows = np.ascontiguousarray(rows)
    model.predict(rows, num_threads=1, raw_score=True).tofile(folder / "scores.peer")
    print(median_seconds(lambda: model.predict(rows, num_threads=1, raw_score=True)))


def xgboost(action, folder, task):
    import xgboost

    x, y, rows = tables(folder)
    if action == "train":
        settings = {**task["settings"], "nthread": 1, "seed": 1}
        model = xgboost.train(settings, xgboost.DMatrix(x.astype(np.float32), y), task["trees"])
        (folder / "model").write_bytes(model.save_raw("ubj"))
        return
    model = xgboost.Booster({"nthread": 1}, model_file=bytearray((folder / "model").read_bytes()))
    rows = np.ascontiguousarray(rows.astype(np.float32))
    model.inplace_predict(rows, predict_type="margin").astype(np.float64).tofile(folder / "scores.peer")
    print(median_seconds(lambda: model.inplace_predict(rows, predict_type="margin")))


def main(action, kind, folder):
    task = json.loads((Path(folder) / "task.json").read_text())
    {"catboost": catboost, "lightgbm": lightgbm, "xgboost": xgboost}[kind](action, Path(folder), task)


if __name__ == "__main__":
    main(*sys.argv[1:])
