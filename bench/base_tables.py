"""Clean tables for `./dev bench findings`: a target with an honest signal, and columns that look tricky but are fine.

A table is a dict of columns (lists of cells as they will be written, "" = missing) with a target, made from a seed alone. Nothing in one
of them deserves a finding of high or medium severity.
"""

import random
from dataclasses import dataclass, field

KINDS = ("binary", "multiclass", "regression")
WORDS = (
    "garden light window market street winter summer quiet river stone paper letter music doctor "
    "travel kitchen battery screen orange yellow cheap late early broken happy strong soft heavy "
    "fast slow delivery return service manager customer answer question morning evening "
).split()
NAMES = "Anna Ben Clara David Emma Felix Greta Hanna Ivan Jana Karl Lena Mia Noah Olga Paul Rosa Tim Uta Vera".split()
CITIES = "Bonn Ulm Jena Trier Kiel Mainz Aachen Bremen".split()


@dataclass
class Table:
    """Columns by name, in order; `target` names one. Writers look at `options` (see defects.write)."""

    kind: str
    target: str
    columns: dict
    options: dict = field(default_factory=dict)

    @property
    def rows(self):
        return len(next(iter(self.columns.values())))

    def features(self):
        return [name for name in self.columns if name != self.target]

    def insert(self, draw, name, cells):
        """Put a column at a place that the stream chooses; returns its name."""
        names = list(self.columns)
        names.insert(draw.randrange(len(names) + 1), name)
        self.columns = {one: cells if one == name else self.columns[one] for one in names}
        return name


def holes(draw, cells, share):
    return [cell if draw.random() >= share else "" for cell in cells]


def date(draw):
    return f"{draw.choice((2021, 2022, 2023))}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"


def tricky(draw, n):
    """Columns without a signal that a careless check would complain about."""
    return {
        "price": [f"{draw.lognormvariate(3, 0.9):.2f}" for _ in range(n)],
        "income": [f"{draw.lognormvariate(10, 1.1):.0f}" for _ in range(n)],
        "rating": [draw.choices((1, 2, 3, 4, 5), (1, 2, 4, 6, 5))[0] for _ in range(n)],
        "children": [min(9, int(draw.expovariate(0.8))) for _ in range(n)],
        "plan": [draw.choices(("basic", "plus", "pro", "legacy"), (60, 30, 8, 2))[0] for _ in range(n)],
        "member": [draw.choice(("Y", "N")) for _ in range(n)],
        "zip": [
            f"{draw.choice((1067, 4109, 10115, 20095, 30159, 50667, 60311, 70173, 80331, 90402)) + draw.randint(0, 40):05}"
            for _ in range(n)
        ],
        "joined": [date(draw) for _ in range(n)],
        "comment": [" ".join(draw.choices(WORDS, k=draw.randint(4, 12))) for _ in range(n)],
        "first_name": [draw.choice(NAMES) for _ in range(n)],
        "last_visit_days": holes(draw, [int(draw.expovariate(1 / 40)) for _ in range(n)], 0.2),
        "survey_score": holes(draw, [f"{draw.gauss(50, 12):.1f}" for _ in range(n)], 0.42),
        "latitude": [f"{draw.uniform(47.3, 54.9):.5f}" for _ in range(n)],
        "year_built": [draw.randint(1950, 2022) for _ in range(n)],
        "hour": [draw.randint(0, 23) for _ in range(n)],
        "discount": [f"{draw.choice((0, 0, 0, 0.05, 0.1, 0.15, 0.2))}" for _ in range(n)],
        "purchases": [0 if draw.random() < 0.7 else draw.randint(1, 40) for _ in range(n)],
        "share": [f"{draw.betavariate(2, 5):.4f}" for _ in range(n)],
        "unit_price": [
            f"{draw.choices((1.99, 4.99, 9.99, 29.0, 99.0), (20, 25, 30, 20, 5))[0] * draw.uniform(0.9, 1.1):.2f}" for _ in range(n)
        ],
        "speed_step": [draw.choice((900, 1200, 1500, 1800)) for _ in range(n)],
        "supplement": [draw.choices(("none", "dental", "travel", "both"), (55, 20, 15, 10))[0] for _ in range(n)],
    }


def make(kind, n, seed, width=12):
    """A clean table of n rows: five columns with the signal, `width` tricky ones, and the target in some place."""
    draw = random.Random(f"{kind} {n} {seed}")
    age = [draw.randint(18, 90) for _ in range(n)]
    size = [draw.gauss(100, 25) for _ in range(n)]
    city = [draw.choice(CITIES) for _ in range(n)]
    grade = [draw.choice("ABCDE") for _ in range(n)]
    level = [draw.gauss(0, 1) for _ in range(n)]
    effect = {name: draw.gauss(0, 0.7) for name in CITIES}
    step = {name: draw.gauss(0, 0.5) for name in "ABCDE"}
    noise = draw.choice((0.4, 0.9))  # honest predictors, strong and weak
    score = [
        2.0 * level[i] + (size[i] - 100) / 50 + effect[city[i]] + step[grade[i]] + (age[i] - 54) / 60 + draw.gauss(0, noise)
        for i in range(n)
    ]
    columns = {"age": age, "size": [f"{x:.1f}" for x in size], "city": city, "grade": grade, "level": [f"{x:.3f}" for x in level]}
    others = tricky(draw, n)
    for name in draw.sample(sorted(others), width):
        columns[name] = others[name]
    names = list(columns)
    draw.shuffle(names)
    table = Table(kind, "target", {name: columns[name] for name in names})
    table.target = draw.choice(("target", "outcome", "y", "label"))
    table.insert(draw, table.target, target_of(kind, score, draw))
    return table


def target_of(kind, score, draw):
    if kind == "regression":
        return [f"{200 + 30 * x:.2f}" for x in score]
    if kind == "binary":
        cut = sorted(score)[int(len(score) * draw.choice((0.5, 0.7)))]
        no, yes = draw.choice((("no", "yes"), ("0", "1"), ("good", "bad")))
        return [yes if x > cut else no for x in score]
    labels, cuts = ("red", "amber", "green", "blue"), [sorted(score)[int(len(score) * q)] for q in (0.2, 0.5, 0.8)]
    return [labels[sum(x > cut for cut in cuts)] for x in score]
