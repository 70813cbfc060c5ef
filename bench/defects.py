"""Injected defects for `./dev bench findings`: for every finding some ways, each in two strengths or more.

A way is a function with @injector(finding, strengths): it gets a clean table, a random stream and a strength, spoils the table and returns
the names of the columns concerned ([] for the table as a whole). `also` names findings that are right too on those columns (or on the
table), since one defect has several faces. `kinds` says which targets it fits, `least` how many rows it needs.

To cover another finding, add a function here; nothing else has to know of it.
"""

import csv
import datetime
import io
import math
import random
from dataclasses import dataclass

import base_tables


@dataclass(frozen=True)
class Way:
    """One way to spoil a table."""

    finding: str
    name: str
    spoil: object
    strengths: tuple
    kinds: tuple
    also: tuple
    least: int


WAYS = []


def injector(finding, strengths, kinds=base_tables.KINDS, also=(), least=0):
    """Register a way; its name is the function's."""

    def register(function):
        WAYS.append(Way(finding, function.__name__, function, tuple(strengths), tuple(kinds), tuple(also), least))
        return function

    return register


@dataclass(frozen=True)
class Case:
    """A table with one defect, or without (way None)."""

    name: str
    table: object
    finding: str
    columns: tuple
    also: tuple


def case_of(way, strength, kind, n, seed):
    """The spoiled table; the same arguments give the same bytes."""
    table = base_tables.make(kind, n, seed)
    draw = random.Random(f"{way.name} {strength} {kind} {n} {seed}")
    columns = way.spoil(table, draw, strength)
    return Case(f"{way.name} {strength} {kind} {n} #{seed}", table, way.finding, tuple(columns), way.also)


def write(table, path):
    """Write a table as its options say; plain commas, quotes and UTF-8 without any."""
    o = table.options
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=o.get("delimiter", ","),
        quotechar=o.get("quotechar", '"'),
        lineterminator=o.get("line_end", "\n"),
        quoting=o.get("quoting", csv.QUOTE_MINIMAL),
    )
    names = list(table.columns)
    if o.get("header", True):
        writer.writerow([o.get("names", {}).get(name, name) for name in names])
    for row in zip(*table.columns.values(), strict=True):
        writer.writerow(row)
    lines = text.getvalue()
    if "lines" in o:
        lines = "\n".join(o["lines"](lines.split("\n")))
    path.write_bytes(lines.encode(o.get("encoding", "utf-8"), "replace"))


# ---- helpers ----


def numbers_of(table, draw, names=("size", "level", "share", "latitude", "price", "survey_score", "income")):
    """A column of real numbers."""
    return draw.choice([name for name in names if name in table.columns])


def words_of(table, draw, names=("city", "grade", "plan", "first_name")):
    return draw.choice([name for name in names if name in table.columns])


def some(draw, n, share, least=1):
    """Row numbers: about `share` of them."""
    return draw.sample(range(n), max(least, round(share * n)))


def put(cells, rows, value):
    for row in rows:
        cells[row] = value() if callable(value) else value


def is_event(table, row):
    """One side of the target: a label, or above the middle."""
    y = table.columns[table.target]
    if table.kind == "regression":
        return float(y[row]) > 200
    return y[row] in ("yes", "1", "bad", "red", "amber")


# ---- target ----


@injector("target-missing", (0.04, 0.3, 0.6))
def empty_targets(table, draw, share):
    put(table.columns[table.target], some(draw, table.rows, share), draw.choice(("", "NA", "nan")))
    return [table.target]


@injector("target-invalid", (0.02, 0.08), kinds=("regression",), also=("column-mixed-types",))
def words_as_targets(table, draw, share):
    put(table.columns[table.target], some(draw, table.rows, share), lambda: draw.choice(("error", "see note", "12..5", "#REF", "pending")))
    return [table.target]


@injector("target-constant", (0.92, 0.97, 0.993), kinds=("regression",), also=("target-outliers", "target-skewed", "target-imbalance"))
def same_target(table, draw, share):
    y = table.columns[table.target]
    put(y, some(draw, table.rows, share), draw.choice(("0", "100.00")))
    return [table.target]


@injector("target-skewed", (1.6, 2.4), kinds=("regression",), also=("target-outliers",))
def long_tailed_target(table, draw, sigma):
    y = table.columns[table.target]
    for i, cell in enumerate(y):
        y[i] = f"{2.718281828 ** (sigma * (float(cell) - 200) / 60 + 0.5 * sigma * draw.gauss(0, 1)):.4f}"
    return [table.target]


@injector("target-skewed", (1.2, 1.8), kinds=("regression",), also=("target-outliers",), least=2000)
def pareto_target(table, draw, alpha):
    y = table.columns[table.target]
    table.columns[table.target] = [f"{100 * draw.paretovariate(alpha) + float(cell) / 10:.2f}" for cell in y]
    return [table.target]


@injector("target-outliers", (10, 100), kinds=("regression",), also=("target-skewed",))
def targets_of_another_unit(table, draw, factor):
    y = table.columns[table.target]
    for row in some(draw, table.rows, 0.01, 3):
        y[row] = f"{float(y[row]) * factor:.2f}"
    return [table.target]


@injector("target-outliers", (15, 60), kinds=("regression",), also=("target-skewed",))
def far_targets(table, draw, deviations):
    y = table.columns[table.target]
    for row in some(draw, table.rows, 0.004, 2):
        y[row] = f"{200 + draw.choice((-1, 1)) * 70 * deviations * draw.uniform(0.8, 1.5):.2f}"
    return [table.target]


@injector("target-imbalance", (0.06, 0.015, 0.003), kinds=("binary",), least=2000)
def few_events(table, draw, share):
    y = table.columns[table.target]
    labels = sorted(set(y))
    keep = set(some(draw, table.rows, share, 12))
    table.columns[table.target] = [labels[0] if row in keep else labels[1] for row in range(table.rows)]
    return [table.target]


@injector("target-rare-class", (3, 8), kinds=("multiclass",))
def rare_label(table, draw, n):
    put(table.columns[table.target], draw.sample(range(table.rows), n), draw.choice(("violet", "other", "Z9")))
    return [table.target]


@injector("target-rare-class", (2, 5), kinds=("multiclass",))
def several_rare_labels(table, draw, n):
    rows = iter(draw.sample(range(table.rows), 3 * n))
    for label in ("pink", "grey", "white"):
        put(table.columns[table.target], [next(rows) for _ in range(n)], label)
    return [table.target]


@injector("target-many-classes", (45, 140), kinds=("multiclass",), also=("target-rare-class",))
def many_labels(table, draw, n):
    table.columns[table.target] = [f"K{draw.randrange(n):03}" for _ in range(table.rows)]
    return [table.target]


@injector("target-label-variants", (0.05, 0.3), kinds=("binary", "multiclass"), also=("target-rare-class",))
def label_case(table, draw, share):
    y = table.columns[table.target]
    if y[0] in ("0", "1"):
        table.columns[table.target] = y = ["yes" if cell == "1" else "no" for cell in y]
    put_variant(y, some(draw, table.rows, share, 24), draw.choice((str.upper, str.title)))
    return [table.target]


@injector("target-label-variants", (0.05, 0.3), kinds=("binary", "multiclass"), also=("target-rare-class",))
def label_blanks(table, draw, share):
    y = table.columns[table.target]
    if y[0] in ("0", "1"):
        table.columns[table.target] = y = ["true" if cell == "1" else "false" for cell in y]
    table.options["quoting"] = csv.QUOTE_ALL
    put_variant(y, some(draw, table.rows, share, 24), draw.choice((lambda s: s + ".", lambda s: s + "!", lambda s: s[0] + "." + s[1:])))
    return [table.target]


def put_variant(cells, rows, change):
    for row in rows:
        cells[row] = change(cells[row])


# ---- columns: what they are good for ----


@injector("column-constant", ("EUR", "1", "2024-01-01", ""))
def one_value(table, draw, value):
    return [table.insert(draw, draw.choice(("currency", "version", "source", "batch")), [value] * table.rows)]


@injector("column-constant", (0.1, 0.6), also=("column-mostly-missing", "column-informative-missing"))
def one_value_or_none(table, draw, share):
    return [table.insert(draw, "flag", base_tables.holes(draw, ["X"] * table.rows, share))]


@injector("column-constant-part", (0.002, 0.01, 0.018))
def hardly_varies(table, draw, share):
    value, other = draw.choice((("DE", "AT"), ("0", "1"), ("0.0", "13.7"), ("standard", "express")))
    cells = [value] * table.rows
    put(cells, some(draw, table.rows, share, 2), other)
    return [table.insert(draw, draw.choice(("country", "channel", "penalty")), cells)]


def uuid(draw):
    digits = f"{draw.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@injector("column-id", ("rows", "shuffled", "from 100001", "steps"))
def row_numbers(table, draw, how):
    numbers = list(range(1, table.rows + 1))
    if how == "shuffled":
        draw.shuffle(numbers)
    if how == "from 100001":
        numbers = [100000 + number for number in numbers]
    if how == "steps":
        numbers = sorted(draw.sample(range(1, 1 + int(table.rows * 1.4)), table.rows))
    return [table.insert(draw, draw.choice(("id", "row", "index", "customer_no")), numbers)]


@injector("column-id", ("uuid", "order", "hash", "mail"))
def names_of_rows(table, draw, how):
    made = {
        "uuid": lambda i: uuid(draw),
        "order": lambda i: f"ORD-{i * 7 + 1000:07}",
        "hash": lambda i: f"{draw.getrandbits(64):016x}",
        "mail": lambda i: f"user{i * 13 % 1000003}@example.org",
    }[how]
    return [table.insert(draw, draw.choice(("key", "reference", "uid")), [made(i) for i in range(table.rows)])]


@injector("column-id", (9, 7))
def random_numbers_of_rows(table, draw, digits):
    numbers = draw.sample(range(10 ** (digits - 1), 10**digits), table.rows)
    return [table.insert(draw, draw.choice(("account", "serial", "phone_hash")), numbers)]


@injector("column-mostly-missing", (0.55, 0.8, 0.97))
def mostly_empty_numbers(table, draw, share):
    name = numbers_of(table, draw)
    table.columns[name] = base_tables.holes(draw, [cell or "1.5" for cell in table.columns[name]], share)
    return [name]


@injector("column-mostly-missing", (0.6, 0.93), also=("column-constant-part",))
def mostly_empty_words(table, draw, share):
    cells = [draw.choice(("gift", "return", "repair")) for _ in range(table.rows)]
    token = draw.choice(("", "NA", "null"))
    return [table.insert(draw, "remark_code", [cell if draw.random() >= share else token for cell in cells])]


@injector("column-informative-missing", (0.25, 0.5), also=("leak-missing",))
def missing_by_target(table, draw, difference):
    name = draw.choice((numbers_of(table, draw), words_of(table, draw)))
    cells = [cell or "1" for cell in table.columns[name]]
    table.columns[name] = [
        "" if draw.random() < 0.05 + (difference if is_event(table, row) else 0) else cell for row, cell in enumerate(cells)
    ]
    return [name]


@injector("column-high-cardinality", (3, 8, 20))
def many_levels(table, draw, rows_a_level):
    n = max(60, table.rows // rows_a_level)
    letters = draw.choice(("S", "V-", "cat"))
    cells = [f"{letters}{draw.randrange(n):05}" for _ in range(table.rows)]
    return [table.insert(draw, draw.choice(("supplier", "vehicle", "town")), cells)]


# ---- pairs ----


@injector("column-duplicate", ("numbers", "words", "dates"))
def copy_of_column(table, draw, what):
    name = {"numbers": numbers_of(table, draw), "words": words_of(table, draw), "dates": "joined"}[what]
    if name not in table.columns:
        table.insert(draw, name, [base_tables.date(draw) for _ in range(table.rows)])
    return [name, table.insert(draw, f"{name}{draw.choice(('_copy', '.1', '2'))}", list(table.columns[name]))]


@injector("column-near-duplicate", (2.54, 1.8, 0.001))
def other_unit(table, draw, factor):
    name = numbers_of(table, draw, ("size", "level", "latitude", "share"))
    cells = [f"{float(cell) * factor + 32:.5f}" for cell in table.columns[name]]
    return [name, table.insert(draw, f"{name}_unit", cells)]


@injector("column-near-duplicate", (0.005, 0.02))
def noisy_copy(table, draw, noise):
    name = numbers_of(table, draw, ("size", "latitude"))
    width = {"size": 25, "latitude": 2.2}[name]
    return [name, table.insert(draw, f"{name}_b", [f"{float(cell) + draw.gauss(0, noise * width):.5f}" for cell in table.columns[name]])]


@injector("column-near-duplicate", (0.005, 0.03))
def copy_with_changes(table, draw, share):
    name = draw.choice((numbers_of(table, draw, ("size", "level")), words_of(table, draw, ("city", "grade"))))
    cells = list(table.columns[name])
    for row in some(draw, table.rows, share, 2):
        cells[row] = draw.choice(table.columns[name])
    return [name, table.insert(draw, f"{name}_new", cells)]


@injector("column-near-duplicate", (0, 0.01))
def other_names(table, draw, share):
    name = words_of(table, draw, ("city", "grade"))
    codes = {level: f"{draw.choice('XYZ')}{place}" for place, level in enumerate(sorted(set(table.columns[name])))}
    cells = [codes[cell] for cell in table.columns[name]]
    put(cells, some(draw, table.rows, share, 0), lambda: draw.choice(list(codes.values())))
    return [name, table.insert(draw, f"{name}_code", cells)]


# ---- cells ----

NUMBER_FACES = ("column-invalid-values", "column-mixed-types", "column-disguised-missing", "column-number-as-text")


@injector("column-mixed-types", (0.06, 0.2, 0.45), also=(*NUMBER_FACES, "column-high-cardinality"))
def words_among_numbers(table, draw, share):
    name = numbers_of(table, draw)
    put(table.columns[name], some(draw, table.rows, share), lambda: draw.choice(("high", "low", "approx", "see below", "tbc")))
    return [name]


@injector("column-mixed-types", (0.15, 0.4), also=(*NUMBER_FACES, "column-high-cardinality"))
def numbers_among_words(table, draw, share):
    name = words_of(table, draw)
    put(table.columns[name], some(draw, table.rows, share), lambda: f"{draw.uniform(0, 900):.1f}")
    return [name]


@injector("column-disguised-missing", (-999, 99999, -1, 9999), also=("column-outliers", "column-skewed"))
def number_for_missing(table, draw, value):
    name = numbers_of(table, draw, ("size", "share", "latitude"))
    put(table.columns[name], some(draw, table.rows, draw.choice((0.04, 0.12))), str(value))
    return [name]


@injector("column-disguised-missing", ("unknown", "?", "-", "not available", "N/K", "NULL"))
def word_for_missing(table, draw, value):
    name = draw.choice((words_of(table, draw), numbers_of(table, draw)))
    put(table.columns[name], some(draw, table.rows, draw.choice((0.05, 0.15))), value)
    return [name]


@injector("column-disguised-missing", (0.03, 0.2))
def zero_for_missing(table, draw, share):
    cells = [f"{draw.gauss(76, 9):.0f}" for _ in range(table.rows)]
    put(cells, some(draw, table.rows, share, 3), "0")
    return [table.insert(draw, draw.choice(("blood_pressure", "weight", "voltage")), cells)]


@injector("column-disguised-missing", (9, 99))
def nine_behind_scale(table, draw, nine):
    cells = [draw.choice((1, 2, 3, 4)) for _ in range(table.rows)]
    put(cells, some(draw, table.rows, 0.08, 3), nine)
    return [table.insert(draw, draw.choice(("education", "answer_3")), cells)]


@injector("column-disguised-missing", (999, 9999), also=("column-skewed", "column-outliers"))
def nines_inside(table, draw, nines):
    """A number of nines that other values surpass, beside many zeros."""
    cells = [0 if draw.random() < 0.4 else draw.randint(1, 5 * nines) for _ in range(table.rows)]
    put(cells, some(draw, table.rows, 0.07, 12), nines)
    return [table.insert(draw, draw.choice(("points", "meters")), cells)]


@injector("column-disguised-missing", ("99", "-9"), also=("column-mixed-types",))
def number_among_words(table, draw, value):
    name = words_of(table, draw, ("city", "grade", "plan"))
    put(table.columns[name], some(draw, table.rows, 0.08), value)
    return [name]


@injector("column-disguised-missing", ("1900-01-01", "9999-12-31"))
def date_for_missing(table, draw, value):
    if "joined" not in table.columns:
        table.insert(draw, "joined", [base_tables.date(draw) for _ in range(table.rows)])
    put(table.columns["joined"], some(draw, table.rows, 0.08), value)
    return ["joined"]


@injector("column-outliers", (10, 1000), also=("column-skewed",))
def other_scale(table, draw, factor):
    name = numbers_of(table, draw, ("size", "latitude", "share"))
    cells = table.columns[name]
    for row in some(draw, table.rows, 0.01, 3):
        cells[row] = f"{float(cells[row]) * factor:.3f}"
    return [name]


@injector("column-outliers", (12, 50), also=("column-skewed",))
def far_values(table, draw, deviations):
    name = numbers_of(table, draw, ("size", "level"))
    middle, width = {"size": (100, 25), "level": (0, 1)}[name]
    put(
        table.columns[name],
        some(draw, table.rows, 0.005, 2),
        lambda: f"{middle + draw.choice((-1, 1)) * width * deviations * draw.uniform(0.9, 1.6):.2f}",
    )
    return [name]


@injector("column-skewed", (2, 3), also=("column-outliers",))
def long_tail(table, draw, sigma):
    cells = [f"{draw.lognormvariate(2, sigma):.3f}" for _ in range(table.rows)]
    return [table.insert(draw, draw.choice(("revenue", "views", "distance")), cells)]


@injector("column-non-finite", (0.005, 0.08), also=("column-invalid-values", "column-mixed-types"))
def infinite_values(table, draw, share):
    name = numbers_of(table, draw)
    value = draw.choice(("inf", "-inf", "Infinity", "1e400"))
    put(table.columns[name], some(draw, table.rows, share, 2), value)
    return [name]


@injector("column-invalid-values", (0.004, 0.02), also=NUMBER_FACES)
def broken_numbers(table, draw, share):
    name = numbers_of(table, draw)
    put(table.columns[name], some(draw, table.rows, share, 2), lambda: draw.choice(("12..7", "abc", "#VALUE", "1O5", "err 17")))
    return [name]


@injector("column-invalid-values", (0.004, 0.02))
def broken_dates(table, draw, share):
    if "joined" not in table.columns:
        table.insert(draw, "joined", [base_tables.date(draw) for _ in range(table.rows)])
    put(table.columns["joined"], some(draw, table.rows, share, 2), lambda: draw.choice(("2023-02-31", "2022-13-01", "soon", "0000")))
    return ["joined"]


@injector("column-number-as-text", ("$", "%", "kg", "thousands", "eur"))
def written_numbers(table, draw, how):
    name = numbers_of(table, draw, ("income", "price", "size"))
    write_one = {
        "$": lambda x: f"${x:,.2f}",
        "%": lambda x: f"{x:.1f}%",
        "kg": lambda x: f"{x:.1f} kg",
        "thousands": lambda x: f"{x * 1000:,.0f}",
        "eur": lambda x: f"€ {x:.2f}",
    }[how]
    table.columns[name] = [write_one(float(cell)) for cell in table.columns[name]]
    return [name]


@injector("column-category-as-number", ("gaps", "named"))
def numbered_levels(table, draw, how):
    name = words_of(table, draw, ("city", "grade"))
    levels = sorted(set(table.columns[name]))
    draw.shuffle(levels)
    numbers = draw.sample(range(100, 999), len(levels)) if how == "gaps" else list(range(1, len(levels) + 1))
    code = dict(zip(levels, numbers, strict=True))
    cells = [code[cell] for cell in table.columns.pop(name)]
    return [table.insert(draw, draw.choice(("branch", "product_group") if how == "gaps" else ("type_code", "CustomerClass")), cells)]


@injector("column-category-as-number", (1.0, 2.0))
def numbered_effects(table, draw, size):
    """Consecutive codes whose effect on the target has nothing to do with their order."""
    effects = [draw.choice((-1, 1)) * size * draw.uniform(0.6, 1.4) for _ in range(12)]
    effects = [abs(x) * (1 if place % 2 else -1) for place, x in enumerate(effects)]
    codes = [draw.randrange(12) for _ in range(table.rows)]
    y = table.columns[table.target]
    if table.kind == "regression":
        table.columns[table.target] = [f"{float(cell) + 30 * effects[code]:.2f}" for cell, code in zip(y, codes, strict=True)]
    else:
        labels = sorted(set(y))
        for row, code in enumerate(codes):
            if draw.random() < 0.25 * size:
                y[row] = labels[0] if effects[code] > 0 else labels[1]
    return [table.insert(draw, "shelf", codes)]


# ---- names, lines, size, file ----


@injector("column-name-duplicate", (2, 3))
def same_names(table, draw, n):
    names = draw.sample(table.features(), n)
    table.options["names"] = dict.fromkeys(names, names[0])
    return []


@injector("rows-ragged", (0.004, 0.05))
def short_lines(table, draw, share):
    count = max(2, round(share * table.rows))

    def cut(lines):
        for row in draw.sample(range(1, table.rows), count):
            if '"' not in lines[row]:
                lines[row] = lines[row].rsplit(",", draw.randint(1, 3))[0]
        return lines

    table.options["lines"] = cut
    return []


@injector("rows-ragged", (0.004, 0.05))
def long_lines(table, draw, share):
    count = max(2, round(share * table.rows))

    def lengthen(lines):
        for row in draw.sample(range(1, table.rows), count):
            lines[row] += draw.choice((",extra", ",1,2", ",x,y,z"))
        return lines

    table.options["lines"] = lengthen
    return []


@injector("sample-small", (45, 120, 300), also=("sample-wide", "target-rare-class", "target-imbalance"))
def few_rows(table, draw, n):
    keep = sorted(draw.sample(range(table.rows), n))
    for name, cells in table.columns.items():
        table.columns[name] = [cells[row] for row in keep]
    return []


@injector("sample-wide", (4, 1.2), also=("sample-small",))
def many_columns(table, draw, rows_a_column):
    keep = range(min(table.rows, 400))
    table.columns = {name: [cells[row] for row in keep] for name, cells in table.columns.items()}
    for place in range(int(len(keep) / rows_a_column)):
        table.columns[f"m{place:04}"] = [f"{draw.gauss(0, 1):.4f}" for _ in keep]
    return []


@injector("file-encoding", ("latin-1", "cp1252", "utf-16"))
def encoded(table, draw, encoding):
    name = words_of(table, draw)
    places = ("Köln", "Zürich", "Besançon", "Málaga") if encoding != "cp1252" else ("Köln – Süd", "Zürich", "5 €", "Málaga")
    put(table.columns[name], some(draw, table.rows, 0.3), lambda: draw.choice(places))
    table.options["encoding"] = encoding
    return []


@injector("file-dialect", (";", "|"))
def other_delimiter(table, draw, delimiter):
    table.options["delimiter"] = delimiter
    return []


@injector("file-dialect", ("decimal comma",))
def decimal_commas(table, draw, how):
    table.options["delimiter"] = ";"
    for name in table.features():
        cells = [str(cell) for cell in table.columns[name]]
        if all(cell.replace(".", "", 1).replace("-", "", 1).isdigit() for cell in cells if cell):
            table.columns[name] = [cell.replace(".", ",") for cell in cells]
    return []


@injector("file-dialect", ("comments", "blank lines", "trailing"))
def other_lines(table, draw, how):
    def change(lines):
        if how == "comments":
            return ["# exported by the shop system", "# all amounts in euro", *lines]
        if how == "blank lines":
            return [*lines[:1], "", *lines[1:40], "", "", *lines[40:]]
        return [line + "," if line else line for line in lines]

    table.options["lines"] = change
    return []


@injector("file-dialect", ("single quotes",))
def single_quotes(table, draw, how):
    table.options.update(quotechar="'", quoting=csv.QUOTE_NONNUMERIC)
    name = words_of(table, draw)
    put(table.columns[name], some(draw, table.rows, 0.2), lambda: draw.choice(("Bad, Homburg", "a, b", "left, right")))
    return []


# ---- leaks ----


def numeric_target(table):
    """The target as numbers: classes by place in sort order."""
    y = table.columns[table.target]
    if table.kind == "regression":
        return [float(cell) for cell in y]
    places = {label: place for place, label in enumerate(sorted(set(y)))}
    return [float(places[cell]) for cell in y]


def spread(values):
    middle = sum(values) / len(values)
    return (sum((value - middle) ** 2 for value in values) / len(values)) ** 0.5


def after_name(draw):
    return draw.choice(("final_amount", "closing_status", "review", "settled", "result_code", "x17"))


@injector("leak-target", (0.02, 0.1, 0.2), kinds=("regression",), also=("leak-copy", "column-near-duplicate"))
def target_with_error(table, draw, noise):
    y = numeric_target(table)
    factor, shift = draw.choice(((1, 0), (0.5, 10), (-2, 3), (1000, 0)))
    return [table.insert(draw, after_name(draw), [f"{factor * (value + draw.gauss(0, noise * spread(y))) + shift:.4f}" for value in y])]


@injector("leak-target", (0.03, 0.06), kinds=("binary", "multiclass"), also=("leak-copy",))
def label_with_errors(table, draw, share):
    y = table.columns[table.target]
    names = {label: f"{draw.choice('KLM')}{place}" for place, label in enumerate(sorted(set(y)))}
    wrong = set(some(draw, table.rows, share))
    return [table.insert(draw, after_name(draw), [names[draw.choice(y)] if row in wrong else names[cell] for row, cell in enumerate(y)])]


@injector("leak-target", (4.5, 8), kinds=("binary",))
def number_after_outcome(table, draw, distance):
    return [table.insert(draw, after_name(draw), [f"{draw.gauss(distance * is_event(table, row), 1):.3f}" for row in range(table.rows)])]


@injector("leak-target", (0.3, 0.5), kinds=("binary", "multiclass"), least=5000)
def reason_of_outcome(table, draw, share):
    """Levels that belong to one class each, and a blank for the rest."""
    y = table.columns[table.target]
    reasons = {label: [f"{label}-{k}" for k in range(3)] for label in set(y)}
    cells = [draw.choice(reasons[cell]) if draw.random() < share else "open" for cell in y]
    return [table.insert(draw, after_name(draw), cells)]


@injector("leak-copy", ("labels", "numbers", "wide"), kinds=("binary", "multiclass"))
def relabelled_target(table, draw, how):
    y = table.columns[table.target]
    labels = sorted(set(y))
    draw.shuffle(labels)
    words = {"labels": "alpha beta gamma delta", "numbers": "10 20 30 40", "wide": "g-one g-two g-three g-four"}[how].split()
    names = dict(zip(labels, words, strict=False))
    return [table.insert(draw, draw.choice(("status", "group", "outcome_code")), [names[cell] for cell in y])]


@injector("leak-copy", ("scaled", "log", "rank", "rounded"), kinds=("regression",), also=("column-near-duplicate",))
def target_in_other_numbers(table, draw, how):
    y = numeric_target(table)
    low = min(y)
    place = {row: rank for rank, row in enumerate(sorted(range(len(y)), key=lambda row: y[row]))}
    made = {
        "scaled": lambda row: f"{0.92 * y[row] - 3:.4f}",
        "log": lambda row: f"{math.log(y[row] - low + 10):.6f}",
        "rank": lambda row: f"{place[row] / len(y):.5f}",
        "rounded": lambda row: f"{y[row]:.0f}",
    }[how]
    return [table.insert(draw, draw.choice(("amount_eur", "level_2", "position")), [made(row) for row in range(table.rows)])]


@injector("leak-sum", (0, 0.004), kinds=("regression",), also=("leak-target",))
def two_parts(table, draw, noise):
    y = numeric_target(table)
    parts = [draw.uniform(0.2, 0.8) for _ in y]
    width = noise * spread(y)
    names = draw.choice((("casual", "member"), ("part_a", "part_b"), ("net", "tax")))
    first = [f"{value * part + draw.gauss(0, width):.3f}" for value, part in zip(y, parts, strict=True)]
    second = [f"{value * (1 - part):.3f}" for value, part in zip(y, parts, strict=True)]
    return [table.insert(draw, names[0], first), table.insert(draw, names[1], second)]


@injector("leak-sum", ("three", "difference", "weights"), kinds=("regression",), also=("leak-target",))
def more_parts(table, draw, how):
    y = numeric_target(table)
    a = [draw.gauss(50, 20) for _ in y]
    b = [draw.gauss(80, 30) for _ in y]
    factors = {"three": (1, 1, 1), "difference": (1, -1, 1), "weights": (0.5, 0.25, 2)}[how]
    c = [(value - factors[0] * a[row] - factors[1] * b[row]) / factors[2] for row, value in enumerate(y)]
    return [table.insert(draw, name, [f"{cell:.4f}" for cell in cells]) for name, cells in (("q1", a), ("q2", b), ("q3", c))]


@injector(
    "leak-missing", (1.0, 0.9, 0.8), also=("column-informative-missing", "column-mostly-missing", "leak-target", "column-constant-part")
)
def filled_after_outcome(table, draw, sure):
    filled = draw.choice((lambda: draw.choice(("sent", "kept", "lost")), lambda: f"{draw.gauss(20, 5):.1f}"))
    event = draw.choice((True, False))
    cells = [filled() if draw.random() < (sure if is_event(table, row) == event else 1 - sure) else "" for row in range(table.rows)]
    return [table.insert(draw, draw.choice(("closing_note", "refund", "exit_code")), cells)]


# ---- rows ----


def reorder(table, order):
    for name, cells in table.columns.items():
        table.columns[name] = [cells[row] for row in order]


@injector("leak-order", (0.02, 0.3, 1.0), also=("column-id", "leak-target", "leak-copy"))
def id_by_target(table, draw, noise):
    """Ids were given after sorting by the target, more or less."""
    y = numeric_target(table)
    width = noise * spread(y)
    order = sorted(range(table.rows), key=lambda row: y[row] + draw.gauss(0, width) + draw.random() * 1e-6)
    place = {row: rank for rank, row in enumerate(order)}
    made = draw.choice((lambda rank: rank + 1, lambda rank: f"C{rank + 1000:06}"))
    return [table.insert(draw, draw.choice(("id", "case_no", "customer")), [made(place[row]) for row in range(table.rows)])]


@injector("leak-order", (0.5, 1.0), also=("rows-sorted-by-target", "rows-time-order"))
def half_sorted_rows(table, draw, noise):
    y = numeric_target(table)
    reorder(table, sorted(range(table.rows), key=lambda row: y[row] + draw.gauss(0, noise * spread(y))))
    return []


@injector("rows-sorted-by-target", ("up", "down", "nearly"), also=("leak-order",))
def sorted_rows(table, draw, how):
    y = numeric_target(table)
    order = sorted(range(table.rows), key=lambda row: (y[row], draw.random()), reverse=how == "down")
    if how == "nearly":
        for row in some(draw, table.rows, 0.01):
            other = min(table.rows - 1, row + 3)
            order[row], order[other] = order[other], order[row]
    reorder(table, order)
    return []


@injector("rows-duplicate", (0.03, 0.1, 0.4))
def copied_rows(table, draw, share):
    order = list(range(table.rows)) + [draw.randrange(table.rows) for _ in range(round(share * table.rows))]
    if draw.random() < 0.5:
        draw.shuffle(order)
    reorder(table, order)
    return []


@injector("rows-conflicting", (0.02, 0.1), also=("label-noise", "rows-duplicate"))
def contradicting_rows(table, draw, share):
    n = table.rows
    reorder(table, list(range(n)) + [draw.randrange(n) for _ in range(max(2, round(share * n)))])
    y = table.columns[table.target]
    for row in range(n, table.rows):
        others = sorted({cell for cell in y[:n] if cell != y[row]})
        y[row] = draw.choice(others)
    order = list(range(table.rows))
    draw.shuffle(order)
    reorder(table, order)
    return []


@injector("rows-anomalous", (3, 0.005), also=("column-outliers", "column-skewed", "column-near-duplicate", "target-outliers"))
def broken_rows(table, draw, share):
    rows = some(draw, table.rows, 0, share) if share >= 1 else some(draw, table.rows, share, 3)
    factor = draw.choice((25, 60, 1000))
    for name in table.features():
        cells = table.columns[name]
        try:
            values = [float(cell) for cell in cells if cell != ""]
        except ValueError:
            continue
        if len(set(values)) < 12:
            continue
        width = spread(values)
        for row in rows:
            cells[row] = f"{sum(values) / len(values) + draw.choice((-1, 1)) * factor * width:.0f}"
    return []


@injector(
    "rows-group",
    (3, 8, 15),
    also=("column-high-cardinality", "rows-duplicate", "column-informative-missing", "column-outliers", "label-noise"),
)
def repeated_entities(table, draw, size):
    """Visits of the same patients: features nearly the same, the outcome mostly that of the patient, and a few drawn at random."""
    n, own = table.rows, max(30, table.rows // size)
    which = [draw.randrange(own) for _ in range(n)]
    base = {name: list(cells) for name, cells in table.columns.items()}
    donors = draw.sample(range(n), own)
    outcomes = [base[table.target][draw.randrange(n)] for _ in range(own)]
    for name in table.columns:
        for row in range(n):
            cell = base[name][donors[which[row]]]
            if name in ("size", "level", "age") and draw.random() < 0.3:
                cell = base[name][row]
            table.columns[name][row] = cell
    for row in range(n):
        if table.kind == "regression":
            table.columns[table.target][row] = f"{float(outcomes[which[row]]) + draw.gauss(0, 8):.2f}"
        elif draw.random() < 0.93:
            table.columns[table.target][row] = outcomes[which[row]]
        else:
            table.columns[table.target][row] = draw.choice(outcomes)
    made = draw.choice((lambda k: f"P{k:05}", lambda k: 1000 + k))
    return [table.insert(draw, draw.choice(("patient", "machine", "household")), [made(k) for k in which])]


@injector("rows-time-order", (1.5, 3.0), kinds=("regression",), also=("leak-order", "rows-sorted-by-target"))
def trend_in_time(table, draw, strength):
    """A target that moves with the date, in waves and upwards."""
    days = sorted(draw.randrange(1000) for _ in range(table.rows))
    y = numeric_target(table)
    width = spread(y)
    table.columns[table.target] = [
        f"{value + strength * width * (day / 500 + 0.3 * math.sin(day / 40)):.2f}" for value, day in zip(y, days, strict=True)
    ]
    start = datetime.date(2020, 1, 1)
    name = table.insert(draw, draw.choice(("date", "recorded_on", "day")), [str(start + datetime.timedelta(days=day)) for day in days])
    if draw.random() < 0.5:
        order = list(range(table.rows))
        draw.shuffle(order)
        reorder(table, order)
    return [name]


@injector("rows-time-order", (3, 5), kinds=("binary", "regression"), also=("leak-order", "rows-sorted-by-target"), least=5000)
def rules_change_in_time(table, draw, regimes):
    """What `level` means changes with the season."""
    days = sorted(draw.randrange(900) for _ in range(table.rows))
    y = list(table.columns[table.target])
    score = [float(cell) for cell in table.columns["level"]]
    sign = [1 if int(day * regimes / 900) % 2 == 0 else -1 for day in days]
    labels = sorted(set(y))
    for row in range(table.rows):
        if table.kind == "regression":
            y[row] = f"{200 + 60 * sign[row] * score[row] + draw.gauss(0, 10):.2f}"
        else:
            y[row] = labels[sign[row] * score[row] + draw.gauss(0, 0.3) > 0]
    table.columns[table.target] = y
    start = datetime.date(2020, 1, 1)
    return [table.insert(draw, draw.choice(("date", "seen_at")), [str(start + datetime.timedelta(days=day)) for day in days])]


@injector("label-noise", (0.05, 0.1, 0.2), kinds=("binary", "multiclass"), least=2000)
def wrong_labels(table, draw, share):
    y = table.columns[table.target]
    labels = sorted(set(y))
    for row in some(draw, table.rows, share):
        y[row] = draw.choice([label for label in labels if label != y[row]])
    return []


@injector("label-noise", (0.04, 0.1), kinds=("regression",), least=2000, also=("target-outliers",))
def shuffled_targets(table, draw, share):
    y = table.columns[table.target]
    rows = some(draw, table.rows, share)
    cells = [y[row] for row in rows]
    draw.shuffle(cells)
    for row, cell in zip(rows, cells, strict=True):
        y[row] = cell
    return []


# ---- a validation file ----


def with_validation(table, draw, share=0.3):
    """Some rows become the validation file."""
    rows = set(some(draw, table.rows, share))
    table.options["validation"] = {name: [cells[row] for row in sorted(rows)] for name, cells in table.columns.items()}
    reorder(table, [row for row in range(table.rows) if row not in rows])


@injector("drift-validation", (1.0, 2.0))
def shifted_numbers(table, draw, shift):
    with_validation(table, draw)
    name = draw.choice(("size", "level"))
    cells = table.options["validation"][name]
    width = {"size": 25, "level": 1}[name]
    table.options["validation"][name] = [f"{float(cell) + shift * width:.3f}" for cell in cells]
    return [name]


@injector("drift-validation", (0.4, 0.8))
def other_levels(table, draw, share):
    with_validation(table, draw)
    name = draw.choice(("city", "grade"))
    cells = table.options["validation"][name]
    level = draw.choice(sorted(set(table.columns[name])))
    for row in some(draw, len(cells), share):
        cells[row] = level
    return [name]
