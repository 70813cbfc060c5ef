"""The rows of bench/results/boost.jsonl: what each was asked for, and which of them answer."""

import machine
import peers

OURS = "boost"
OWN = {OURS: {}, "leafwise": {"grow_policy": "Lossguide"}}  # parameters of what is ours
TOOLS = (*OWN, "catboost", "lightgbm", "xgboost")


def identity(options, kind, name, tool, split=0):
    """What a row was asked for; two rows with the same are the same measurement."""
    ours = tool in OWN
    return {
        "kind": kind,
        "name": name,
        "split": split,
        "tool": tool,
        "version": peers.version("pilotage" if ours else tool),
        "threads": options.threads,
        "how": options.how if ours and kind == "quality" else None,
        "parameters": options.parameters if ours else None,
    }


def peer_rows():
    """Peers that ./dev bench quality fitted, as rows of ours. A failure is not taken: it may be one of that bench's time limit."""
    for row in machine.Results("quality").rows():
        if row["tool"] in TOOLS and row["status"] == "ok":
            yield {**row, "kind": "quality", "name": row["set"], "threads": row["cores"], "how": None, "parameters": None}


def known(options):
    """The rows to look in; the last one that fits is taken."""
    rows = machine.Results("boost").rows()
    return [*peer_rows(), *rows] if options.keep_peers else rows


def find(rows, wanted, commit, options):
    here = machine.machine()
    free = options.keep_peers and wanted["kind"] == "quality" and wanted["tool"] not in OWN
    for row in reversed(rows):
        same = all(row.get(key) == value for key, value in wanted.items()) and row["machine"] == here
        if same and (free or row["commit"] == commit):
            return row
    return None
