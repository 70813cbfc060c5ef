"""The tables that are benched: what is predicted, how the file is written, and which columns leak.

Rows of `SETS` follow the README beside the development tables (PILOTAGE_DEV_DATA). A leaking column would not be known when one predicts;
it is dropped for everybody.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SPLIT_SEEDS = (101, 202, 303, 404, 505)
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Set:
    """One table. `task` is binary, multiclass or regression; `texts` and `dates` say what CatBoost and the number makers get."""

    name: str
    target: str
    task: str
    delimiter: str = ","
    quoted: bool = True
    leaks: tuple = ()
    texts: tuple = ()
    dates: tuple = ()

    @property
    def metric(self):
        return {"binary": "auc", "multiclass": "log_loss", "regression": "rmse"}[self.task]


SETS = {
    row.name: row
    for row in (
        Set("titanic", "Survived", "binary", texts=("Name",)),
        Set("bank_additional", "y", "binary", ";", leaks=("duration",)),
        Set("california_housing", "median_house_value", "regression"),
        Set("wine_quality_white", "quality", "multiclass", ";"),
        Set("sms_spam", "label", "binary", "\t", quoted=False, texts=("text",)),
        Set("german_credit", "class", "binary"),
        Set("bike_sharing_hour", "cnt", "regression", leaks=("casual", "registered"), dates=("dteday",)),
        Set("covertype_15k", "Cover_Type", "multiclass"),
        Set("amazon_access", "ACTION", "binary"),
        Set("insurance", "charges", "regression"),
        Set("hflights", "ArrDelay", "regression", leaks=("DepDelay", "ActualElapsedTime")),
        Set("animal_shelter", "OutcomeType", "multiclass", leaks=("OutcomeSubtype",), texts=("Name",), dates=("DateTime",)),
    )
}


def read_cells(one, path):
    """All cells as the texts they are; nothing counts as missing but what a reader makes of it later."""
    quoting = csv.QUOTE_MINIMAL if one.quoted else csv.QUOTE_NONE
    return pd.read_csv(path, sep=one.delimiter, dtype=str, keep_default_na=False, quoting=quoting, encoding="utf-8")


def joined(one, folder):
    """Train and test parts in one table, without the leaking columns."""
    parts = [read_cells(one, Path(folder) / one.name / f"{part}.csv") for part in ("train", "test")]
    return pd.concat(parts, ignore_index=True).drop(columns=list(one.leaks))


def has_target(table, one):
    return ~table[one.target].isin(["", "NA", "NaN", "nan"])


def write_split(one, folder, number, out):
    """Write train.csv and test.csv (with the target) of split `number` to folder `out`; return their numbers of rows.

    80/20 by a fixed seed, stratified by class; a class with fewer than two rows stays in the training part. Rows without a target
    are left out of the test part.
    """
    from sklearn.model_selection import train_test_split

    table = joined(one, folder)
    kept = table.index
    labels = None
    alone = kept[:0]
    if one.task != "regression":
        counts = table[one.target].value_counts()
        alone = table.index[table[one.target].map(counts) < 2]
        kept = table.index.difference(alone)
        labels = table.loc[kept, one.target]
    train, test = train_test_split(kept, test_size=TEST_SHARE, random_state=SPLIT_SEEDS[number], stratify=labels)
    test_table = table.loc[test]
    test_table = test_table[has_target(test_table, one)]
    train_table = table.loc[train.append(alone)]
    for name, part in (("train", train_table), ("test", test_table)):
        part.to_csv(Path(out) / f"{name}.csv", index=False, lineterminator="\n")
    return len(train_table), len(test_table)
