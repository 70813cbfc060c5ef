#!/usr/bin/env python3
"""Writes golden_metrics.h: small tables and what scikit-learn says of them.

    .venv/bin/python tests/evaluate/golden_metrics.py > tests/evaluate/golden_metrics.h

Where scikit-learn takes no weights (auc_ovo) the mean over pairs of its weighted binary score stands in. Rows of weight 0 are left
out before scikit-learn sees the labels, so that they bring in no class."""

import itertools
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m

warnings.simplefilter("ignore")
rng = np.random.default_rng(20)


def auc_ovo(y, p, w):
    present = np.unique(y)
    if len(present) < 2:
        return np.nan
    pairs = []
    for a, b in itertools.combinations(present, 2):
        rows = (y == a) | (y == b)
        for c in (a, b):
            pairs.append(m.roc_auc_score(y[rows] == c, p[rows, int(c)], sample_weight=w[rows]))
    return np.mean(pairs)


def binary(y, p, w, t):
    label = (p >= t).astype(int)
    both = len(np.unique(y)) == 2
    return {
        "auc": m.roc_auc_score(y, p, sample_weight=w) if both else np.nan,
        "average_precision": m.average_precision_score(y, p, sample_weight=w) if y.any() else np.nan,
        "f1": m.f1_score(y, label, sample_weight=w, zero_division=0),
        "accuracy": m.accuracy_score(y, label, sample_weight=w),
        "balanced_accuracy": m.balanced_accuracy_score(y, label, sample_weight=w),
        "precision": m.precision_score(y, label, sample_weight=w, zero_division=0),
        "recall": m.recall_score(y, label, sample_weight=w, zero_division=0),
        "mcc": m.matthews_corrcoef(y, label, sample_weight=w),
        "log_loss": m.log_loss(y, np.clip(np.c_[1 - p, p], 1e-15, 1 - 1e-15), sample_weight=w, labels=[0, 1]),
        "brier": m.brier_score_loss(y, p, sample_weight=w, pos_label=1, labels=[0, 1]),
    }


def multiclass(y, p, w, k):
    label = p.argmax(axis=1)
    return {
        "log_loss": m.log_loss(y, np.clip(p, 1e-15, 1 - 1e-15), sample_weight=w, labels=list(range(k))),
        "accuracy": m.accuracy_score(y, label, sample_weight=w),
        "f1_macro": m.f1_score(y, label, sample_weight=w, average="macro", zero_division=0),
        "balanced_accuracy": m.balanced_accuracy_score(y, label, sample_weight=w),
        "precision_macro": m.precision_score(y, label, sample_weight=w, average="macro", zero_division=0),
        "recall_macro": m.recall_score(y, label, sample_weight=w, average="macro", zero_division=0),
        "auc_ovo": auc_ovo(y, p, w),
        "quadratic_kappa": m.cohen_kappa_score(y, label, sample_weight=w, weights="quadratic", labels=list(range(k))),
    }


def regression(y, p, w):
    weighted = None if (w == 1).all() else w
    out = {
        "rmse": m.root_mean_squared_error(y, p, sample_weight=w),
        "mse": m.mean_squared_error(y, p, sample_weight=w),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "medae": m.median_absolute_error(y, p, sample_weight=weighted),
        "r2": m.r2_score(y, p, sample_weight=w),
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w),
        "pinball:0.9": m.mean_pinball_loss(y, p, sample_weight=w, alpha=0.9),
        "pinball:0.25": m.mean_pinball_loss(y, p, sample_weight=w, alpha=0.25),
    }
    if (y > -1).all() and (p > -1).all():
        out["rmsle"] = m.root_mean_squared_log_error(y, p, sample_weight=w)
    return out


def number(v):
    v = float(v)
    return "NAN" if np.isnan(v) else ("%s" % ("INFINITY" if v > 0 else "-INFINITY") if np.isinf(v) else repr(v))


def numbers(v):
    return ", ".join(number(x) for x in np.ravel(v))


cases = []


def add(name, problem, k, y, p, w, threshold=0.5):
    y, p = np.asarray(y, float), np.asarray(p, float)
    w = np.ones(len(y)) if w is None else np.asarray(w, float)
    use = w > 0
    yy, pp, ww = y[use], p[use], w[use]
    if problem == "BINARY":
        scores = binary(yy.astype(int), pp, ww, threshold)
    elif problem == "MULTICLASS":
        scores = multiclass(yy.astype(int), pp, ww, k)
    else:
        scores = regression(yy, pp, ww)
    cases.append((name, problem, k, y, p, w, threshold, scores))


def shares(n, k):
    p = np.round(rng.dirichlet(np.ones(k), n), 2) + 0.01
    return p / p.sum(axis=1, keepdims=True)


y = rng.integers(0, 2, 40)
p = np.round(np.clip(0.3 * y + rng.random(40) * 0.7, 0.02, 0.98), 1)
add("ties", "BINARY", 2, y, p, None)
add("ties and weights", "BINARY", 2, y, p, np.round(rng.random(40) * 3, 2))
add("ties, weights of 0, other threshold", "BINARY", 2, y, p, rng.integers(0, 3, 40), 0.3)
add("no ties", "BINARY", 2, y, rng.random(40), rng.random(40))
add("perfect", "BINARY", 2, [0, 0, 1, 1, 0], [0.1, 0.2, 0.8, 0.9, 0.3], None)
add("inverted", "BINARY", 2, [1, 1, 0, 0, 1], [0.1, 0.2, 0.8, 0.9, 0.3], None)
add("constant prediction", "BINARY", 2, [0, 1, 1, 0, 1], [0.4] * 5, [1, 2, 3, 4, 5])
add("only negatives", "BINARY", 2, [0, 0, 0], [0.2, 0.6, 0.1], None)
add("only positives", "BINARY", 2, [1, 1, 1], [0.2, 0.6, 0.1], None)
add("sure and wrong", "BINARY", 2, [1, 0, 1], [0, 1, 1], None)
add("one row", "BINARY", 2, [1], [0.7], [2.5])

y = rng.integers(0, 3, 30)
add("three", "MULTICLASS", 3, y, shares(30, 3), None)
add("three, weights", "MULTICLASS", 3, y, shares(30, 3), np.round(rng.random(30) * 2, 2))
add("three, weights of 0", "MULTICLASS", 3, y, shares(30, 3), rng.integers(0, 2, 30))
add("five, two absent", "MULTICLASS", 5, np.array([0, 2, 4])[rng.integers(0, 3, 25)], shares(25, 5), rng.random(25))
add("ties of the largest", "MULTICLASS", 3, [0, 1, 2, 1], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.3, 0.35, 0.35], [0.2, 0.4, 0.4]], None)
add("one class in sight", "MULTICLASS", 3, [1, 1, 1], shares(3, 3), None)

y = np.round(rng.gamma(2, 3, 21), 2)
add("plain, odd", "REGRESSION", 0, y, np.round(y + rng.normal(0, 1, 21), 2).clip(0), None)
add("plain, even", "REGRESSION", 0, y[:20], np.round(y[:20] + rng.normal(0, 1, 20), 2).clip(0), None)
add("weights", "REGRESSION", 0, y, np.round(y + rng.normal(0, 1, 21), 2).clip(0), np.round(rng.random(21) * 4, 2))
add("weights of 0, whole", "REGRESSION", 0, y, np.round(y + rng.normal(0, 1, 21), 1).clip(0), rng.integers(0, 3, 21))
add("negative values", "REGRESSION", 0, [-5, 3, -2.5, 0.5], [-4, 2, -2.5, 0.25], [1, 2, 1, 1])
add("slightly negative predictions", "REGRESSION", 0, [0, 3, 1], [-0.5, 2, -0.25], None)
add("constant target", "REGRESSION", 0, [2, 2, 2], [2, 1, 3], None)
add("constant target, met", "REGRESSION", 0, [2, 2, 2], [2, 2, 2], None)
add("zero target", "REGRESSION", 0, [0, 1], [0.5, 1], None)
add("one row", "REGRESSION", 0, [2], [2.5], None)

print(f"/* Made by tests/evaluate/golden_metrics.py with scikit-learn {sklearn.__version__}. Do not edit. */")
print("/* clang-format off */")
for i, (_, _, _, y, p, w, _, scores) in enumerate(cases):
    print(f"static const double target_{i}[] = {{{numbers(y)}}};")
    print(f"static const double weight_{i}[] = {{{numbers(w)}}};")
    print(f"static const double prediction_{i}[] = {{{numbers(p)}}};")
    rows = ", ".join(f'{{"{s}", {number(v)}}}' for s, v in scores.items())
    print(f"static const golden_score scores_{i}[] = {{{rows}}};")
print("static const golden_case golden_cases[] = {")
for i, (name, problem, k, y, _, w, t, scores) in enumerate(cases):
    weighted = "false" if (w == 1).all() else "true"
    print(
        f'    {{"{name}", PROBLEM_{problem}, {k}, {len(y)}, target_{i}, weight_{i}, prediction_{i}, {t}, {weighted}, scores_{i}, '
        f"{len(scores)}}},"
    )
print("};")
