"""plan.json against its JSON Schema: plans that are made validate, broken ones are refused by the schema and by the command alike."""

import copy
import json
import random
import subprocess

import jsonschema
import pytest


@pytest.fixture(scope="module")
def schema(root):
    document = json.loads((root / "docs/formats/plan.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def write_table(path, kind, problem, rows=200):
    """A small table with a signal: numbers, categories, texts and dates as `kind` asks for."""
    draw = random.Random(3)
    words = ["red", "green", "slow", "fast", "old", "new", "big", "small"]
    makers = {
        "number": lambda: f"{draw.gauss(0, 1):.4f}",
        "count": lambda: str(draw.randint(0, 6)),
        "city": lambda: draw.choice(["Köln", "Bonn", "", "Jena"]),
        "text": lambda: " ".join(draw.choice(words) for _ in range(6)) + f" {draw.randint(0, 10**6)}",
        "when": lambda: f"20{draw.randint(10, 24)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
    }
    kinds = {"numbers": ["number", "number"], "categories": ["city", "city"], "texts": ["text"], "dates": ["when", "when"]}
    names = kinds.get(kind, list(makers))
    lines = [",".join([f"x{i}" for i in range(len(names))] + ["y"])]
    for _ in range(rows):
        cells = [makers[name]() for name in names]
        target = {"binary": draw.choice(["yes", "no"]), "multiclass": draw.choice("abc"), "regression": f"{draw.random():.6f}"}[problem]
        lines.append(",".join([*cells, target]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def plan_table(command, table, job, *options):
    words = [command, "plan", table, "--target", "y", "--output", job, "--quiet", *options]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads((job / "plan.json").read_text(encoding="utf-8"))


CASES = [
    ("numbers", "binary", ()),
    ("categories", "multiclass", ("--max-trials", "5")),
    ("texts", "regression", ("--time-limit", "9.5", "--objective", "pinball:0.9")),
    ("dates", "binary", ("--validation-fraction", "0.95", "--parallel", "1")),
    ("mixed", "regression", ("--group", "x1", "--mode", "tuning")),
    ("mixed", "binary", ("--time", "x4", "--seed", "9007199254740991", "--objective", "f1")),
    ("mixed", "multiclass", ("--folds", "3", "--weight", "x1", "--algorithms", "linear-learner")),
]


@pytest.mark.parametrize("kind,problem,options", CASES)
def test_made_plans_validate(schema, command, tmp_path, kind, problem, options):
    plan = plan_table(command, write_table(tmp_path / "table.csv", kind, problem), tmp_path / "job", *options)
    assert not list(schema.iter_errors(plan))
    assert list(plan) == list(schema.schema["properties"])


@pytest.fixture(scope="module")
def job(command, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edits")
    plan_table(command, write_table(folder / "table.csv", "mixed", "binary"), folder / "job", "--folds", "3")
    return folder / "job"


def at(document, pointer):
    for part in pointer.split("/")[1:]:
        document = document[int(part) if isinstance(document, list) else part]
    return document


def edited(plan, pointer, value):
    """A copy of the plan with the value at the pointer set, or removed where it is `...`."""
    out = copy.deepcopy(plan)
    above, _, last = pointer.rpartition("/")
    place = at(out, above)
    if value is ...:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return out


def refused(command, job, plan, tmp_path):
    path = tmp_path / "edit.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    before = (job / "plan.json").read_bytes()
    done = subprocess.run([command, "plan", job, "--edit", path], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        assert done.returncode == 2 and (job / "plan.json").read_bytes() == before, done.stderr
        assert done.stderr.count("\n") == 1 and len(done.stderr.encode()) < 400
    return done.stderr if done.returncode else None


C = "/candidates/dpp2-linear-learner"
STEP = "/pipelines/dpp2/0"
# pointer, value (... removes it), what the message names besides (default: the pointer, or its parent for a missing or unknown member)
BROKEN = [
    ("/version", 2, "/version"),
    ("/version", ..., "/version"),
    ("/surplus", 1, "surplus"),
    ("/problem_type", "ranking", "/problem_type"),
    ("/problem_type", ..., "/problem_type"),
    ("/objective", 1, "/objective"),
    ("/positive_class", None, "/positive_class"),
    ("/positive_class", ..., "/positive_class"),
    ("/seed", -1, "/seed"),
    ("/seed", 1.5, "/seed"),
    ("/columns", [], "/columns"),
    ("/columns/x0/type", "number", "/columns/x0/type"),
    ("/columns/x0/role", ..., "/columns/x0/role"),
    ("/columns/x0/missing_tokens", "-", "/columns/x0/missing_tokens"),
    ("/columns/x0/missing_tokens", [1], "/columns/x0/missing_tokens/0"),
    ("/columns/x0/reason", 1, "/columns/x0/reason"),
    ("/columns/x0/extra", 1, "/columns/x0"),
    ("/validation/kind", "loo", "/validation/kind"),
    ("/validation/folds", 1, "/validation/folds"),
    ("/validation/folds", 2.5, "/validation/folds"),
    ("/validation/folds", 101, "/validation/folds"),
    ("/validation/fraction", 1, "/validation/fraction"),
    ("/validation/kind", "split", "/validation/folds"),
    ("/validation/extra", 1, "/validation"),
    ("/pipelines", [], "/pipelines"),
    ("/pipelines/dpp2", {}, "/pipelines/dpp2"),
    (STEP, "scale", STEP),
    (f"{STEP}/step", 1, f"{STEP}/step"),
    (f"{STEP}/columns", [], f"{STEP}/columns"),
    (f"{STEP}/columns", "all", f"{STEP}/columns"),
    (f"{STEP}/columns", ["x0", "x0"], f"{STEP}/columns"),
    (f"{STEP}/columns", [1], f"{STEP}/columns/0"),
    (f"{STEP}/parameters", [], f"{STEP}/parameters"),
    (f"{STEP}/when", 1, STEP),
    ("/candidates", {}, "/candidates"),
    ("/candidates/ensemble", {}, "/candidates/ensemble"),
    (C, [], C),
    (f"{C}/pipeline", ..., f"{C}/pipeline"),
    (f"{C}/algorithm", 1, f"{C}/algorithm"),
    (f"{C}/static", [], f"{C}/static"),
    (f"{C}/ranges", ..., f"{C}/ranges"),
    (f"{C}/enabled", "yes", f"{C}/enabled"),
    (f"{C}/extra", 1, C),
    (f"{C}/ranges/l2", {"type": "real", "min": 1, "max": 2}, f"{C}/ranges/l2/type"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": 1}, f"{C}/ranges/l2"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": "1", "max": 2}, f"{C}/ranges/l2/min"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": 0, "max": 1, "scale": "log"}, f"{C}/ranges/l2/min"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": 0, "max": 1, "scale": "root"}, f"{C}/ranges/l2/scale"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": 0, "max": 1, "values": [1]}, f"{C}/ranges/l2"),
    (f"{C}/ranges/l2", {"type": "categorical", "values": []}, f"{C}/ranges/l2/values"),
    (f"{C}/ranges/l2", {"type": "categorical", "values": [0.1], "min": 0}, f"{C}/ranges/l2"),
    (f"{C}/ranges/iterations", {"type": "integer", "min": 1.5, "max": 2}, f"{C}/ranges/iterations/min"),
    ("/tuning/strategy", "grid", "/tuning/strategy"),
    ("/tuning/mode", ..., "/tuning/mode"),
    ("/tuning/max_trials", 0, "/tuning/max_trials"),
    ("/tuning/time_limit", 0, "/tuning/time_limit"),
    ("/tuning/parallel", 1.5, "/tuning/parallel"),
    ("/tuning/lag", 0, "/tuning/lag"),
    ("/tuning/extra", 1, "/tuning"),
    ("/compute/target", "moon", "/compute/target"),
    ("/compute/instance", 3, "/compute/instance"),
    ("/compute/price_per_hour", -1, "/compute/price_per_hour"),
    ("/compute/extra", 1, "/compute"),
]


@pytest.mark.parametrize("pointer,value,named", BROKEN)
def test_broken_plans_are_refused_by_both(schema, command, job, tmp_path, pointer, value, named):
    plan = edited(json.loads((job / "plan.json").read_text(encoding="utf-8")), pointer, value)
    assert list(schema.iter_errors(plan)), "the schema lets it pass"
    message = refused(command, job, plan, tmp_path)
    assert message, "the command lets it pass"
    assert message.startswith("pilotage: plan.json: /") and named in message, message


# What a schema cannot know, but the command can.
DEEPER = [
    ("/objective", "rmse", "/objective"),
    ("/positive_class", "perhaps", "/positive_class"),
    ("/columns/y/role", "feature", "/columns"),
    ("/columns/x0/role", "target", "/columns"),
    ("/columns/ghost", {"type": "text", "role": "ignored"}, "/columns/ghost"),
    ("/validation/kind", "group", "/validation/kind"),
    (f"{STEP}/step", "OneHot", f"{STEP}/step"),
    (f"{STEP}/columns", ["ghost"], f"{STEP}/columns"),
    (f"{STEP}/parameters", {"colour": 1}, f"{STEP}/parameters"),
    (f"{C}/pipeline", "dpp9", f"{C}/pipeline"),
    (f"{C}/algorithm", "linear", f"{C}/algorithm"),
    (f"{C}/static", {"l3": 1}, f"{C}/static"),
    (f"{C}/ranges/l3", {"type": "continuous", "min": 0, "max": 1}, f"{C}/ranges/l3"),
    (f"{C}/ranges/l2", {"type": "continuous", "min": 1, "max": 0}, f"{C}/ranges/l2"),
    (f"{C}/ranges/iterations", {"type": "continuous", "min": 10, "max": 20}, f"{C}/ranges/iterations"),
    (f"{C}/ranges/class_weight", {"type": "categorical", "values": ["odd"]}, f"{C}/ranges"),
    ("/compute/instance", "ml.huge", "/compute/instance"),
]


@pytest.mark.parametrize("pointer,value,named", DEEPER)
def test_plans_that_only_the_command_can_refuse(schema, command, job, tmp_path, pointer, value, named):
    plan = edited(json.loads((job / "plan.json").read_text(encoding="utf-8")), pointer, value)
    assert not list(schema.iter_errors(plan))
    message = refused(command, job, plan, tmp_path)
    assert message and message.startswith("pilotage: plan.json: /") and named in message, message


FINE = [
    ("/seed", ...),
    ("/seed", None),
    ("/columns/x0/reason", ...),
    ("/columns/x0/missing_tokens", ["?"]),
    ("/validation/folds", 2),
    ("/validation", {"kind": "split", "fraction": 0.3}),
    (f"{C}/enabled", False),
    (f"{C}/enabled", ...),
    (f"{C}/ranges", {}),
    (f"{C}/ranges/l2", {"type": "categorical", "values": [0.1, 1]}),
    (f"{STEP}/columns", "*"),
    ("/pipelines/mine", []),
    ("/tuning/max_trials", None),
    ("/tuning/lag", ...),
    ("/compute/price_per_hour", 0.5),
]


@pytest.mark.parametrize("pointer,value", FINE)
def test_plans_that_both_take(schema, command, job, tmp_path, pointer, value):
    before = (job / "plan.json").read_text(encoding="utf-8")
    plan = edited(json.loads(before), pointer, value)
    assert not list(schema.iter_errors(plan))
    assert refused(command, job, plan, tmp_path) is None
    assert json.loads((job / "plan.json").read_text(encoding="utf-8")) == plan
    (job / "plan.json").write_text(before, encoding="utf-8")
