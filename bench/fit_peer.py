"""One peer, in its own environment: fit_peer.py TOOL FOLDER. Reads FOLDER/{task.json,train.csv,test.csv}, writes FOLDER/TOOL.{csv,json}.

Peers run as their users would run them: defaults, pandas categories for texts, CatBoost with cat_features and text_features, dates as
numbers, the same seconds and cores as everybody. The CSV file holds one column a class (labels as in the data) or `prediction`; the JSON
file the version that ran and the seconds of fitting and predicting.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd


def read(folder, task):
    """Features of both parts, and the target; types are those of the training part."""
    dtype = {task["target"]: str} if task["task"] != "regression" else None
    train, test = (pd.read_csv(folder / f"{part}.csv", dtype=dtype, keep_default_na=True) for part in ("train", "test"))
    train = train[train[task["target"]].notna()]
    target = train.pop(task["target"])
    test = test.drop(columns=[task["target"]])
    for name in task["dates"]:
        for part in (train, test):
            part[name] = (pd.to_datetime(part[name], errors="coerce") - pd.Timestamp("1970-01-01")).dt.total_seconds()
    for name in train.columns:
        if pd.api.types.is_numeric_dtype(train[name]):
            test[name] = pd.to_numeric(test[name], errors="coerce")
    return train, target, test


def is_text(column):
    return not pd.api.types.is_numeric_dtype(column)


def as_categories(train, test):
    train, test = train.copy(), test.copy()
    for name in train.columns:
        if is_text(train[name]):
            train[name] = train[name].astype("category")
            test[name] = pd.Categorical(test[name].astype(object), categories=train[name].cat.categories)
    return train, test


def as_filled_texts(train, test):
    """CatBoost takes no missing value in categories and texts."""
    train, test = train.copy(), test.copy()
    for name in [name for name in train.columns if is_text(train[name])]:
        for part in (train, test):
            part[name] = part[name].astype(object).where(part[name].notna(), "").astype(str)
    return train, test


def lightgbm(task, train, target, test, seconds, preset):
    import lightgbm as library

    train, test = as_categories(train, test)
    kind = library.LGBMRegressor if task["task"] == "regression" else library.LGBMClassifier
    return kind(n_jobs=task["cores"], random_state=0, verbose=-1).fit(train, target), test


def xgboost(task, train, target, test, seconds, preset):
    import xgboost as library

    train, test = as_categories(train, test)
    kind = library.XGBRegressor if task["task"] == "regression" else library.XGBClassifier
    return kind(n_jobs=task["cores"], random_state=0, enable_categorical=True).fit(train, target), test


def catboost(task, train, target, test, seconds, preset):
    import catboost as library

    train, test = as_filled_texts(train, test)
    texts = [name for name in task["texts"] if name in train.columns]
    categories = [name for name in train.columns if is_text(train[name]) and name not in texts]
    kind = library.CatBoostRegressor if task["task"] == "regression" else library.CatBoostClassifier
    model = kind(thread_count=task["cores"], random_seed=0, verbose=False, allow_writing_files=False)
    return model.fit(train, target, cat_features=categories, text_features=texts), test


def flaml(task, train, target, test, seconds, preset):
    from flaml import AutoML

    train, test = as_categories(train, test)
    model = AutoML()
    kind = "regression" if task["task"] == "regression" else "classification"
    metric = {"auc": "roc_auc", "log_loss": "log_loss", "rmse": "rmse"}[task["metric"]]
    model.fit(train, target, task=kind, metric=metric, time_budget=seconds, n_jobs=task["cores"], seed=0, verbose=0)
    return model, test


def autogluon(task, train, target, test, seconds, preset):
    from autogluon.tabular import TabularPredictor

    metric = {"auc": "roc_auc", "log_loss": "log_loss", "rmse": "root_mean_squared_error"}[task["metric"]]
    path = str(Path(task["folder"]) / "autogluon-models")
    model = TabularPredictor("target", problem_type=task["task"], eval_metric=metric, path=path, verbosity=0)
    model.fit(train.assign(target=target), time_limit=seconds, presets=preset or None, num_cpus=task["cores"])
    return model, test


PEERS = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost, "flaml": flaml, "autogluon": autogluon}
PACKAGES = {"xgboost": "xgboost-cpu", "autogluon": "autogluon.tabular"}


def predict(tool, model, test, task, classes):
    if task["task"] == "regression":
        return pd.DataFrame({"prediction": np.asarray(model.predict(test), dtype=float).ravel()})
    chances = model.predict_proba(test)
    if tool == "autogluon":
        return pd.DataFrame({classes[int(code)]: chances[code].to_numpy() for code in chances.columns})
    return pd.DataFrame(np.asarray(chances, dtype=float), columns=classes)


def main(tool, folder):
    folder = Path(folder)
    task = json.loads((folder / "task.json").read_text())
    task["folder"] = str(folder)
    train, target, test = read(folder, task)
    classes = None
    if task["task"] != "regression":
        classes = sorted(target.unique())
        target = target.map({label: code for code, label in enumerate(classes)}).astype(int)
    started = time.monotonic()
    model, test = PEERS[tool](task, train, target, test, task["seconds"], task.get("preset"))
    fitted = time.monotonic()
    predict(tool, model, test, task, classes).to_csv(folder / f"{tool}.csv", index=False)
    about = {
        "version": version(PACKAGES.get(tool, tool)),
        "fit_seconds": round(fitted - started, 3),
        "predict_seconds": round(time.monotonic() - fitted, 3),
    }
    (folder / f"{tool}.json").write_text(json.dumps(about))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
