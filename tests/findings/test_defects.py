"""A small version of `./dev bench findings`: each way of spoiling a table once in each strength, on small tables, and clean tables.

Recall and precision are the bench's aims. Every finding must be found in most of its cases, so that no check can break unnoticed.
"""

import sys
from collections import defaultdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import base_tables
import defects
import findings

ROWS = 600


def spoiled():
    """The kinds of target take turns, so that each way meets some of them."""
    for place, way in enumerate(defects.WAYS):
        if way.least > ROWS:
            continue
        for turn, strength in enumerate(way.strengths):
            yield defects.case_of(way, strength, way.kinds[(place + turn) % len(way.kinds)], ROWS, 1)


@pytest.fixture(scope="module")
def judged():
    cases = [*spoiled(), *findings.clean_cases([ROWS], 4, base_tables.KINDS)]
    rows = []
    for case in cases:
        found, error = findings.profile(case)
        assert found is not None, f"{case.name}: {error}"
        rows.append((case, findings.judge(case, found)))
    return rows


def test_defects_are_found(judged):
    missed = [case.name for case, row in judged if case.finding and not row["found"]]
    injected = sum(bool(case.finding) for case, _ in judged)
    assert len(missed) <= (1 - findings.RECALL) * injected, missed


def test_each_finding_is_found_in_most_of_its_cases(judged):
    counts = defaultdict(list)
    for case, row in judged:
        if case.finding:
            counts[case.finding].append(row["found"])
    assert [name for name, found in counts.items() if sum(found) * 2 < len(found)] == []


def test_what_is_loud_is_right(judged):
    true, false = sum(row["true"] for _, row in judged), [(case.name, row["false"]) for case, row in judged if row["false"]]
    assert len(false) <= (1 - findings.PRECISION) * (true + len(false)), false


def test_clean_tables_are_quiet(judged):
    loud = [(case.name, row["false"]) for case, row in judged if not case.finding and row["false"]]
    assert len(loud) <= 1, loud


def test_a_case_is_made_the_same_again(tmp_path):
    for way in defects.WAYS[::7]:
        for name in ("one", "two"):
            defects.write(defects.case_of(way, way.strengths[0], way.kinds[0], ROWS, 1).table, tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
