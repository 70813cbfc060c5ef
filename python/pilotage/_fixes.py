"""Applying fixes of findings to the plan of a job."""

import html

from pilotage._display import Table
from pilotage._library import call_for_json

__all__ = ["apply_fixes"]

_COLUMNS = ("state", "id", "columns", "text")


def _words(row):
    return [row["state"], row["id"], ", ".join(row["columns"]), row["text"]]


def _bundle(rows):
    """Draw the rows; names of columns come from the data."""
    if not rows:
        nothing = "No finding that was asked for has a fix."
        return {"text/plain": nothing, "text/html": f"<p>{nothing}</p>"}
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(word)}</td>" for word in _words(row)) + "</tr>" for row in rows)
    plain = "\n".join(
        f"{row['state']}: {row['id']} on {', '.join(map(repr, row['columns'])) or 'the table'}. {row['text']}" for row in rows
    )
    return {"text/plain": plain, "text/html": f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"}


def apply_fixes(job, which):
    """Apply fixes to the plan of the job folder `job`; `which` is "all", "high", a name or a list of names."""
    names = which if isinstance(which, str) else ",".join(which)
    rows = call_for_json("ptg_plan_apply_fixes", str(job), names)
    return Table(_bundle(rows), rows)
