"""Large tables for `./dev bench profile`: a clean table with several injected defects at once, filled up to a number of columns.

Each way of DEFECTS spoils columns that no other one has touched, so that every defect is expected to be found by its own name and
everything else of high or medium severity is a false alarm. Filling columns are numbers, counts, categories, dates and codes without a
signal, some with missing cells. A table is a pure function of rows, columns and seed.
"""

import random

import base_tables
import defects
import numpy as np

DEFECTS = (
    ("number_for_missing", -999),
    ("written_numbers", "$"),
    ("other_scale", 1000),
    ("infinite_values", 0.005),
    ("broken_numbers", 0.004),
    ("word_for_missing", "unknown"),
    ("numbered_levels", "gaps"),
    ("one_value", "EUR"),
    ("hardly_varies", 0.01),
    ("row_numbers", "shuffled"),
    ("names_of_rows", "order"),
    ("mostly_empty_words", 0.6),
    ("many_levels", 20),
    ("long_tail", 2),
    ("relabelled_target", "labels"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _days(rng, n):
    return (np.datetime64("2019-01-01") + rng.integers(0, 1500, n)).astype(str)


def _moments(rng, n):
    return np.char.replace((np.datetime64("2021-06-01T00:00:00") + rng.integers(0, 10**8, n)).astype(str), "T", " ")


FILLERS = (
    ("reading", lambda rng, n: np.char.mod("%.3f", rng.normal(20, 4, n))),
    ("count", lambda rng, n: rng.poisson(6, n).astype(str)),
    ("region", lambda rng, n: np.array([f"R{letter}" for letter in LETTERS])[rng.integers(0, 26, n)]),
    ("day", _days),
    ("amount", lambda rng, n: np.char.mod("%.2f", rng.gamma(3, 40, n))),
    ("moment", _moments),
    ("ratio", lambda rng, n: rng.random(n).astype(str)),
    ("code", lambda rng, n: np.char.mod("X%03d", rng.zipf(1.6, n).clip(max=400))),
)


def _fill(table, draw, columns, seed):
    """Add fillers until the table has so many columns; some cells of every third one are missing."""
    rng, n = np.random.default_rng(seed), table.rows
    for place in range(columns - len(table.columns)):
        name, make = FILLERS[place % len(FILLERS)]
        cells = make(rng, n)
        if place % 3 == 0:
            cells = np.where(rng.random(n) < 0.06, "", cells)
        table.insert(draw, f"{name}_{place // len(FILLERS) + 1}", cells.tolist())


def _spoil(table, draw, name, strength, touched):
    """Inject one defect into untouched columns; return what is expected, as a Case without a table."""
    way = next(way for way in defects.WAYS if way.name == name)
    free = {column: cells for column, cells in table.columns.items() if column not in touched}
    part = base_tables.Table(table.kind, table.target, dict(free))
    concerned = way.spoil(part, draw, strength)
    order = [column for column in table.columns if column not in free or column in part.columns]
    order += [column for column in part.columns if column not in table.columns]
    table.columns = {column: part.columns.get(column, table.columns.get(column)) for column in order}
    touched.update(column for column in concerned if column != table.target)
    return defects.Case(f"{name} {strength}", None, way.finding, tuple(concerned), way.also)


def make(rows, columns, seed=1):
    """Return the table and its expected findings, each as a Case."""
    draw = random.Random(f"wide {rows} {columns} {seed}")
    table = base_tables.make("binary", rows, seed, width=21)
    touched = set()
    expected = [_spoil(table, draw, name, strength, touched) for name, strength in DEFECTS]
    names = [name for name in table.columns if name != table.target]
    draw.shuffle(names)
    table.columns = {name: table.columns[name] for name in (*names, table.target)}
    _fill(table, draw, columns, seed)
    return table, expected
