"""./dev bench [NAME] [options]: the measurements, each with --help of its own.

quality   models against other tools on the development tables
limits    every table with --time-limit 60: wall clock, status, rows of predict
boost     the algorithm boost alone against CatBoost, LightGBM and XGBoost: quality and time a tree
findings  injected defects that the profile finds, and false alarms in clean tables
first     seconds until the first boosted candidate is on the leaderboard
predict   rows a second of the tree predictor, beside the libraries' own
profile   reading and profiling large tables, beside pandas, pyarrow, polars, DuckDB and ydata-profiling
"""

import importlib
import sys

NAMES = ("quality", "limits", "first", "predict", "findings", "profile", "boost")


def main(words):
    if not words or words[0] in ("--help", "-h"):
        print(__doc__.strip())
        return 0
    if words[0] not in NAMES:
        print(f"bench: there is no measurement '{words[0]}'; there are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    return importlib.import_module(words[0]).main(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
