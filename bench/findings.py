"""./dev bench findings: injected defects, and how many of them the profile finds; and what it finds in clean tables.

Every way of bench/defects.py spoils clean tables of bench/base_tables.py (three kinds of target, two sizes) in each of its strengths.
Recall: defects for which a finding of that name is raised on the column concerned, at any severity. Precision: findings of high and medium
severity that belong to the defect, over all of that severity, clean tables included. Aim: recall 95 %, precision 90 %. Runs over
all findings go to bench/results/findings.jsonl, with the sizes and targets that they had.
"""

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import base_tables
import defects
import machine

RECALL, PRECISION = 0.95, 0.90
ROWS, KINDS = "600,20000", ",".join(base_tables.KINDS)


def clean_cases(rows, seeds, kinds):
    for kind in kinds:
        for n in rows:
            for seed in range(seeds):
                yield defects.Case(f"clean {kind} {n} #{seed}", base_tables.make(kind, n, 1000 + seed), "", (), ())


def spoiled_cases(rows, seeds, kinds, findings):
    for way in defects.WAYS:
        if findings and way.finding not in findings:
            continue
        for kind in way.kinds:
            for n in rows:
                for seed in range(seeds):
                    for strength in way.strengths:
                        if kind in kinds and n >= way.least:
                            yield defects.case_of(way, strength, kind, n, seed)


def profile(case, command=machine.COMMAND):
    """The findings of a case; raises when the command fails."""
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
        path = Path(folder) / "table.csv"
        defects.write(case.table, path)
        target = case.table.target
        words = [command, "profile", path, "--target", target, "--output", Path(folder) / "job", "--quiet"]
        if "validation" in case.table.options:
            held_out = base_tables.Table(case.table.kind, target, case.table.options["validation"])
            defects.write(held_out, Path(folder) / "validation.csv")
            words += ["--validation", Path(folder) / "validation.csv"]
        done = subprocess.run(words, capture_output=True, text=True, env=machine.clean_environment(), timeout=600)
        if done.returncode != 0:
            return None, done.stderr.strip()
        return json.loads((Path(folder) / "job" / "findings.json").read_text()), ""


def touches(found, columns):
    return not columns or not found["columns"] or bool(set(found["columns"]) & set(columns))


def explains(case, found):
    """Whether a finding may belong to this defect."""
    return found["id"] in (case.finding, *case.also) and touches(found, case.columns)


def judge(case, found):
    """Whether the defect was found, the severity it was given, and the false alarms of medium and high severity."""
    hits = [one for one in found if one["id"] == case.finding and touches(one, case.columns)]
    loud = [one for one in found if one["severity"] != "low"]
    false = [one for one in loud if not explains(case, one)]
    return {
        "found": bool(hits),
        "severity": hits[0]["severity"] if hits else None,
        "true": len(loud) - len(false),
        "false": [{"id": one["id"], "severity": one["severity"], "columns": one["columns"], "text": one["text"]} for one in false],
    }


class Count:
    """What one finding came to."""

    def __init__(self):
        self.injected, self.found, self.true, self.false, self.missed, self.alarms = 0, 0, 0, 0, [], []


def in_order(pool, cases, most):
    """Each case with its profile, in their order; no more than `most` tables exist at a time."""
    waiting = deque()
    for case in cases:
        waiting.append((case, pool.submit(profile, case)))
        while len(waiting) >= most:
            done, future = waiting.popleft()
            yield done, future.result()
    for done, future in waiting:
        yield done, future.result()


def collect(cases, jobs):
    counts = defaultdict(Count)
    with ThreadPoolExecutor(jobs) as pool:
        for case, (found, error) in in_order(pool, cases, 2 * jobs):
            row = counts[case.finding or "clean"]
            if found is None:
                row.injected += bool(case.finding)
                row.missed.append(f"{case.name}: {error}")
                continue
            result = judge(case, found)
            row.injected += bool(case.finding)
            row.found += result["found"]
            row.true += result["true"]
            row.missed += [case.name] if case.finding and not result["found"] else []
            for alarm in result["false"]:
                counts[alarm["id"]].false += 1
                counts[alarm["id"]].alarms.append(f"{case.name}: {alarm['severity']} {alarm['columns']} {alarm['text']}")
    return counts


def ratio(part, whole):
    return part / whole if whole else 1.0


def show(counts, every_alarm):
    print(f"{'finding':28} {'injected':>8} {'found':>6} {'missed':>6} {'false':>6}")
    for name in sorted(counts):
        one = counts[name]
        print(f"{name:28} {one.injected:8} {one.found:6} {one.injected - one.found:6} {one.false:6}")
        for text in one.missed if every_alarm else one.missed[:5]:
            print(f"    missed: {text}")
        for text in one.alarms if every_alarm else one.alarms[:5]:
            print(f"    false alarm: {text[:200]}")


def main(words):
    parser = argparse.ArgumentParser(prog="./dev bench findings", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=ROWS, help="sizes of tables (600,20000)")
    parser.add_argument("--kinds", default=KINDS, help="kinds of targets (all)")
    parser.add_argument("--findings", default="", help="only these, separated by commas (all; 'clean' for clean tables)")
    parser.add_argument("--seeds", type=int, default=1, help="base tables of a kind and size (1)")
    parser.add_argument("--clean", type=int, default=10, help="clean tables of a kind and size (10)")
    parser.add_argument("--jobs", type=int, default=1, help="profiles at a time (1)")
    parser.add_argument("--all", action="store_true", help="show every missed defect and every false alarm")
    options = parser.parse_args(words)
    rows, kinds = [int(n) for n in options.rows.split(",")], options.kinds.split(",")
    findings = set(filter(None, options.findings.split(",")))
    cases = spoiled_cases(rows, options.seeds, kinds, findings)
    if not findings or "clean" in findings:
        cases = chain(cases, clean_cases(rows, options.clean, kinds))
    counts = collect(cases, options.jobs)
    injected, found = sum(one.injected for one in counts.values()), sum(one.found for one in counts.values())
    true, false = sum(one.true for one in counts.values()), sum(one.false for one in counts.values())
    show(counts, options.all)
    recall, precision = ratio(found, injected), ratio(true, true + false)
    print(f"recall {recall:.3f} ({found} of {injected}), precision {precision:.3f} ({true} of {true + false} of high and medium severity)")
    if not findings:
        per_finding = {name: [one.injected, one.found, one.false] for name, one in sorted(counts.items())}
        machine.Results("findings").add(
            rows=rows,
            kinds=kinds,
            seeds=options.seeds,
            clean=options.clean,
            recall=round(recall, 4),
            precision=round(precision, 4),
            findings=per_finding,
        )
    return 0 if recall >= RECALL and precision >= PRECISION else 1
