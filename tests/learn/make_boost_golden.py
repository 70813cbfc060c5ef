"""Makes boost_golden.h: small tables, and what CatBoost predicts on them without sampling, noise and shuffling.

Run with catboost 1.2.10. Numbers are multiples of 1/64, so that they are the same in single and double precision.
"""

import numpy as np
from catboost import CatBoost, Pool

ROWS = 120


def settings(loss, **more):
    fixed = {
        "loss_function": loss,
        "iterations": 12,
        "depth": 4,
        "learning_rate": 0.125,
        "l2_leaf_reg": 3,
        "bootstrap_type": "No",
        "random_strength": 0,
        "has_time": True,
        "thread_count": 1,
        "max_ctr_complexity": 1,
        "model_size_reg": 0,
        "allow_writing_files": False,
        "logging_level": "Silent",
        "random_seed": 1,
    }
    return fixed | more


def table(seed, numbers, categories, levels):
    random = np.random.default_rng(seed)
    x = np.round(random.normal(size=(ROWS, numbers)) * 64 * 8) / 64
    codes = random.integers(0, levels, size=(ROWS, categories))
    return random, x, codes


def pool(x, codes, y, weight=None):
    columns = [[*row, *(f"c{code}" for code in more)] for row, more in zip(x.tolist(), codes.tolist(), strict=True)]
    return Pool(columns, label=y, weight=weight, cat_features=list(range(x.shape[1], x.shape[1] + codes.shape[1])))


def numbers_text(values):
    return ", ".join("NAN" if v != v else f"{v:.12g}" for v in np.asarray(values, dtype=float).ravel())


def emit(name, x, codes, y, weight, prediction):
    print(f"static const double {name}_numbers[] = {{{numbers_text(x.T)}}};" if x.size else f"static const double {name}_numbers[1];")
    print(
        f"static const int32_t {name}_codes[] = {{{', '.join(map(str, codes.T.ravel()))}}};"
        if codes.size
        else f"static const int32_t {name}_codes[1];"
    )
    print(f"static const double {name}_target[] = {{{numbers_text(y)}}};")
    if weight is not None:
        print(f"static const double {name}_weight[] = {{{numbers_text(weight)}}};")
    print(f"static const double {name}_raw[] = {{{numbers_text(prediction)}}};")


def case(name, x, codes, y, weight=None, **more):
    data = pool(x, codes, y, weight)
    model = CatBoost(settings(**more))
    model.fit(data)
    emit(name, x, codes, y, weight, model.predict(data, prediction_type="RawFormulaVal"))


def main():
    print("/* Made by make_boost_golden.py with catboost 1.2.10. */\n/* clang-format off */")
    print(f"enum {{ GOLDEN_ROWS = {ROWS} }};")
    none = np.zeros((ROWS, 0), dtype=int)
    random, x, _ = table(1, 4, 0, 2)
    y = np.round((x[:, 0] * 2 + x[:, 1] ** 2 / 8 + random.normal(size=ROWS)) * 1024) / 1024
    case("squared", x, none, y, loss="RMSE")
    case("gained", x, none, y, loss="RMSE", score_function="L2", depth=6)
    weight = np.round(random.uniform(0.25, 2, ROWS) * 64) / 64
    case("weighted", x, none, y, weight, loss="RMSE")
    random, x, _ = table(2, 4, 0, 2)
    y = (x[:, 0] + x[:, 2] * x[:, 1] / 8 + random.normal(size=ROWS) * 4 > 0).astype(float)
    x[random.uniform(size=x.shape) < 0.1] = np.nan
    case("logistic", x, none, y, loss="Logloss", leaf_estimation_iterations=10)
    random, x, _ = table(3, 3, 0, 2)
    y = np.digitize(x[:, 0] + random.normal(size=ROWS) * 4, [-4, 4]).astype(float)
    case("softmax", x, none, y, loss="MultiClass")
    random, x, codes = table(4, 2, 2, 9)
    y = (x[:, 0] / 8 + (codes[:, 0] % 3) - 1 + random.normal(size=ROWS) > 0).astype(float)
    case("categories", x, codes, y, loss="Logloss", leaf_estimation_iterations=10)
    random, x, codes = table(5, 0, 3, 5)
    y = ((codes[:, 0] + codes[:, 1]) % 3 + random.normal(size=ROWS) > 1).astype(float)
    case("combined", x, codes, y, loss="Logloss", leaf_estimation_iterations=10, max_ctr_complexity=3, model_size_reg=0.5)
    values(none)


def values(none):
    """Other losses of values.

    CatBoost starts at 0 for Poisson, Tweedie and Huber, so their targets have a mean of 1, and a median of 0. Its quantiles are moved by
    1e-6 and rounded to f32, and gradients are 0 within 1e-6: by the + 2 its start is not rounded beyond that. Exact quantiles of leaves
    heed no weights. Huber's steps are many because only their end is the same, and without backtracking, which ends them at once.
    """
    random, x, _ = table(6, 4, 0, 2)
    y = np.round((x[:, 0] + np.abs(x[:, 1]) + random.standard_t(2, size=ROWS) * 4) * 1024) / 1024
    case("absolute", x, none, y, loss="MAE")
    case("quantile", x, none, y + 2, loss="Quantile:alpha=0.25")
    y -= np.sort(y)[(ROWS - 1) // 2]
    case("huber", x, none, y, loss="Huber:delta=8", leaf_estimation_iterations=60, leaf_estimation_backtracking="No")
    random, x, _ = table(7, 4, 0, 2)
    x[random.uniform(size=x.shape) < 0.1] = np.nan
    mean = np.exp(np.nan_to_num(x[:, 0]) / 16 + (np.nan_to_num(x[:, 1]) > 2))
    y = with_mean_one(random.poisson(mean / mean.mean()).astype(float), 1)
    case("poisson", x, none, y, loss="Poisson", leaf_estimation_iterations=1)
    y = with_mean_one(np.round(random.poisson(mean) * random.gamma(2, size=ROWS) * 16) / 64, 1 / 64)
    case("tweedie", x, none, y, loss="Tweedie:variance_power=1.3", leaf_estimation_iterations=1)


def with_mean_one(y, unit):
    """Targets moved by units, in turn, until they sum to their number."""
    i = 0
    while y.sum() != ROWS:
        y[i % ROWS] = max(y[i % ROWS] + (unit if y.sum() < ROWS else -unit), 0)
        i += 1
    return y


main()
