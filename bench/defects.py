"""Injected defects for `./dev bench findings`: for every finding some ways, each in two strengths or more.

A way is a function with @injector(finding, strengths): it gets a clean table, a random stream and a strength, spoils the table and returns
the names of the columns concerned ([] for the table as a whole). `also` names findings that are right too on those columns (or on the
table), since one defect has several faces. `kinds` says which targets it fits, `least` how many rows it needs.

To cover another finding, add a function here; nothing else has to know of it.
"""

import csv
import io
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


@injector("column-informative-missing", (0.25, 0.5))
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


@injector("column-disguised-missing", ("unknown", "?", "-", "not available"))
def word_for_missing(table, draw, value):
    name = draw.choice((words_of(table, draw), numbers_of(table, draw)))
    put(table.columns[name], some(draw, table.rows, draw.choice((0.05, 0.15))), value)
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
