"""Makes tests/profile/golden_profile.h: run with the project's Python,
`.venv/bin/python tests/profile/golden_profile.py > tests/profile/golden_profile.h`.

The columns are made by exact arithmetic, so that test_number_summary.c makes the same doubles. Statistics are numpy's, scipy's and
scikit-learn's; the two definitions that no library has (rstd, outliers) are written here straight from docs/formats/profile.md.
"""

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

N = 1500


def columns() -> dict[str, np.ndarray]:
    i = np.arange(N)
    u = (i * 7919 + 13) % 1009 / 1009.0
    heavy = u * u * u * 50.0 - 3.0
    heavy[i % 97 == 5] *= 40.0
    heavy[i % 31 == 3] = np.nan
    whole = ((i * i) % 83).astype(float)
    whole[i == 700] = 900.0
    mostly_zero = np.where(i % 50 == 0, u, 0.0)
    tiny = 1e-300 * (1.0 + u)
    huge = 1e300 * (u - 0.5)
    return {"heavy": heavy, "whole": whole, "mostly_zero": mostly_zero, "tiny": tiny, "huge": huge}


def number(v: float) -> str:
    return "NAN" if np.isnan(v) else repr(float(v))


def row(name: str, column: np.ndarray) -> str:
    v = column[~np.isnan(column)]
    q = np.quantile(v, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    scale = np.abs(v).max()
    z = v / scale
    rstd = np.clip(z, q[1] / scale, q[5] / scale).std() * scale
    outliers = int(((v < q[3] - 5 * rstd) | (v > q[3] + 5 * rstd)).sum()) if rstd > 0 else 0
    values = [v.mean(), z.std(ddof=1) * scale, stats.skew(z), stats.kurtosis(z, fisher=False), rstd, *q]
    return f'    {{"{name}", {len(v)}, {len(np.unique(v))}, {outliers}, {{{", ".join(number(x) for x in values)}}}}},'


def main() -> None:
    made = columns()
    print("/* Made by golden_profile.py; do not edit. */\n/* clang-format off */")
    print("static const golden_column golden_columns[] = {")
    for name, column in made.items():
        print(row(name, column))
    print("};")
    valid = ~np.isnan(made["heavy"])
    print("/* numpy.corrcoef of heavy and whole, and of whole and mostly_zero */")
    r = [np.corrcoef(made["heavy"][valid], made["whole"][valid])[0, 1], np.corrcoef(made["whole"], made["mostly_zero"])[0, 1]]
    print(f"static const double golden_correlation[] = {{{number(r[0])}, {number(r[1])}}};")
    i = np.arange(N)
    score = (i * 31) % 41
    label = ((i * 17) % 23 + score // 4 > 16).astype(int)
    print("/* sklearn.metrics.roc_auc_score */")
    print(f"static const double golden_auc = {number(roc_auc_score(label, score))};")
    print(f"static const double golden_auc_se = {number(delong_se(label, score))};")


def delong_se(label: np.ndarray, score: np.ndarray) -> float:
    """Standard error of AUC from all pairs (DeLong, DeLong & Clarke-Pearson 1988)."""
    positive, negative = score[label == 1], score[label == 0]
    wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    return np.sqrt(wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative))


if __name__ == "__main__":
    main()
