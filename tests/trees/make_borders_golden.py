"""Makes borders_golden.h with catboost 1.2.10: borders of columns that test_bins.c makes by the same formulas.

Values are multiples of 1/16 below 2^20, so that borders are the same in single and double precision; the library writes them with
nine digits, so they are rounded to the single that is meant.
"""

import tempfile
from pathlib import Path

import numpy as np
from catboost import Pool

N = 1500


def columns():
    i = np.arange(N)
    spread = (i * 7919) % 10007
    yield "spread", spread / 16
    yield "skewed", (spread % 997) ** 2 / 16
    yield "tied", np.minimum(spread % 60, (spread * 31) % 47).astype(float)
    yield "whole", (spread % 300).astype(float)
    yield "constant", np.full(N, 5.0)
    yield "missing", np.where(spread % 5 == 0, np.nan, (spread % 700) / 16)
    yield "signed", np.where(spread % 3 == 0, -0.0, ((spread % 9) - 4) / 4)
    yield "heavy", np.where(spread % 10 < 8, 0.0, spread / 16)


def borders(values, count):
    if len(np.unique(values[~np.isnan(values)])) == 1:
        return []  # the library refuses a constant
    pool = Pool(values.reshape(-1, 1), label=np.arange(len(values)))
    pool.quantize(border_count=count, feature_border_type="GreedyLogSum")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "borders"
        pool.save_quantization_borders(str(path))
        return [float(line.split("\t")[1]) for line in path.read_text().splitlines()]


def main():
    print("/* Made by make_borders_golden.py with catboost 1.2.10. */")
    print("/* clang-format off */")
    rows = []
    for name, values in columns():
        for count in (16, 100):
            found = borders(values, count)
            missing = int(bool(found) and found[0] < -1e30)
            kept = found[missing:]
            print(f"static const double {name}_{count}[] = {{{', '.join(f'{float(np.float32(v))!r}' for v in kept) or '0'}}};")
            rows.append(f'    {{"{name}", {count}, {missing}, {len(kept)}, {name}_{count}}},')
    print("static const struct golden_borders {")
    print("    const char *name;\n    int32_t most, missing, n;\n    const double *borders;\n} golden_borders[] = {")
    print("\n".join(rows))
    print("};")


main()
