"""What an expert would say of a column, and what not: quantities are no codes, scattered codes have no tail, a cause is loud once."""

import json
import math
import random

import pytest


@pytest.fixture
def look(place):
    """Findings of a table, by (id, column): severity and text."""

    def profile(header, rows, target):
        place.table("t.csv", header, rows)
        ended = place.pilotage("profile", "t.csv", "--target", target, "--output", "job", "--quiet")
        assert ended.status == 0, ended
        found = json.loads((place / "job/findings.json").read_text())
        return {(row["id"], "|".join(row["columns"])): row for row in found}

    return profile


def test_ages_are_no_codes_even_where_their_effect_bends(look):
    draw = random.Random(1)
    rows = []
    for _ in range(6000):
        age = min(98, max(17, round(draw.gauss(42, 14))))
        bend = 0.5 if age > 60 else 0.25 if age < 25 else 0.05
        rows.append([age, f"{draw.random():.4f}", "yes" if draw.random() < bend else "no"])
    found = look(["age", "x", "y"], rows, "y")
    assert ("column-category-as-number", "age") not in found, found


def test_shuffled_effects_of_many_levels_are_codes(look):
    draw = random.Random(2)
    effects = {level: draw.gauss(0, 1) for level in range(60)}
    rows = []
    for _ in range(6000):
        level = draw.randrange(60)
        rows.append([level, f"{draw.random():.4f}", f"{effects[level] + draw.gauss(0, 2):.3f}"])
    assert ("column-category-as-number", "shelf") in look(["shelf", "x", "y"], rows, "y")


def test_scattered_codes_have_no_tail_and_no_outliers(look):
    draw = random.Random(3)
    codes = [int(math.exp(draw.gauss(9, 1.6))) for _ in range(400)]
    effects = {code: draw.gauss(0, 1) for code in codes}
    rows = []
    for _ in range(6000):
        code = draw.choice(codes)
        rows.append([code, f"{math.exp(1.6 * draw.gauss(0, 1)):.4f}", f"{effects[code] + draw.gauss(0, 0.5):.3f}"])
    found = look(["holder", "amount", "y"], rows, "y")
    assert ("column-category-as-number", "holder") in found
    assert ("column-outliers", "holder") not in found and ("column-skewed", "holder") not in found
    assert ("column-outliers", "amount") in found and ("column-skewed", "amount") in found


def test_sentences_are_not_repeated_by_chance(look):
    draw = random.Random(4)
    words = "send me the money now or later please call home today when you are back again".split()
    rows = [[" ".join(draw.choices(words, k=9)), draw.choice(["spam", "ham"])] for _ in range(900)]
    found = look(["text", "label"], rows + rows[:100], "label")
    assert found["rows-duplicate", ""]["severity"] == "medium", found


def test_missing_cells_that_leak_are_said_loudly_once(look):
    draw = random.Random(5)
    rows = []
    for _ in range(2000):
        label = draw.choice(["left", "stayed"])
        filled = draw.random() < (0.9 if label == "left" else 0.1)
        rows.append([draw.choice(["price", "service", "moved"]) if filled else "", f"{draw.random():.4f}", label])
    found = look(["reason", "x", "state"], rows, "state")
    assert found["leak-missing", "reason"]["severity"] == "medium"
    repeated = found["column-informative-missing", "reason"]
    assert repeated["severity"] == "low" and "leak-missing" in repeated["text"]


def test_nearly_all_is_not_100_percent(look):
    draw = random.Random(6)
    rows = [["rare" if i == 77 else "usual", f"{draw.random():.4f}", draw.choice("ab")] for i in range(20000)]
    text = look(["kind", "x", "y"], rows, "y")["column-constant-part", "kind"]["text"]
    assert "99.995 %" in text, text
