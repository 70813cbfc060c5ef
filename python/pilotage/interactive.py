"""The kit of the candidate definition notebook: it builds plan.json cell by cell, runs it, and shows what came out."""

import copy
import json
from pathlib import Path

from pilotage._display import Section, Table
from pilotage._job import best_row, run_job
from pilotage._library import call, call_for_json
from pilotage._model import Model
from pilotage.errors import UsageError

__all__ = ["InteractiveRunner"]

_KEYS = {"name", "pipeline", "algorithm", "static", "ranges"}


class InteractiveRunner:
    """Edits and runs the plan of a job.

    It starts with no candidates: each ``select_candidate`` cell that is run adds one, and the others of the stored plan are switched off.
    Columns, validation, limits and compute are those of the stored plan unless a cell changes them.

    Parameters
    ----------
    job : path
        The job folder; ``".."`` from a notebook in it.
    """

    def __init__(self, job):
        self.job = Path(job).resolve()
        self._selected = {}
        self._stored()

    def _stored(self):
        return call_for_json("ptg_job_document", str(self.job), "plan")

    def _write(self, plan):
        """Write a plan that differs from the stored one; the engine checks it."""
        if plan != self._stored():
            call("ptg_plan_edit", str(self.job), json.dumps(plan))

    def _section(self, name):
        return Section.of(self.job, name)

    # ---- what the plan says ----

    def columns(self, changes=None):
        """Show the columns; first change some.

        Parameters
        ----------
        changes : dict, optional
            ``{"NAME": {"type": …, "role": …, "missing_tokens": […], "format": …}}``; members that are not given stay.
        """
        if changes:
            plan = self._stored()
            for name, members in changes.items():
                if name not in plan["columns"]:
                    raise UsageError(f"the plan has no column {name!r}; runner.columns() shows them")
                plan["columns"][name].update(members)
            self._write(plan)
        return self._section("plan_columns")

    def validation(self, **changes):
        """Show how candidates are judged; first change ``kind``, ``folds`` or ``fraction``."""
        if changes:
            plan = self._stored()
            plan["validation"].update(changes)
            self._write(plan)
        return self._section("plan_validation")

    def objective(self, name=None):
        """Show the objective; first change it to `name` (``pilotage help`` lists them)."""
        if name is not None:
            plan = self._stored()
            plan["objective"] = name
            self._write(plan)
        return self._section("plan_validation")

    def configure(self, **changes):
        """Change limits and strategy of tuning: ``max_trials``, ``time_limit`` (seconds), ``parallel``, ``mode``, ``strategy``."""
        plan = self._stored()
        plan["tuning"].update(changes)
        self._write(plan)

    def compute(self, **changes):
        """Change where work items run: ``target``, ``instance``, ``price_per_hour``."""
        plan = self._stored()
        plan["compute"].update(changes)
        self._write(plan)

    # ---- candidates ----

    def select_candidate(self, candidate):
        """Select a candidate; one of the same name is replaced.

        Parameters
        ----------
        candidate : dict
            ``name``; ``pipeline``, a list of ``{"step", "columns", "parameters"}``; ``algorithm``; ``static``, parameters that stay; and
            ``ranges``, a dict of ``IntegerParameter``, ``ContinuousParameter`` or ``CategoricalParameter``.

        Raises
        ------
        UsageError
            When a member is missing or unknown. Names and values are checked by the engine when the plan is written.
        """
        unknown, lacking = sorted(set(candidate) - _KEYS), sorted({"name", "pipeline", "algorithm"} - set(candidate))
        if unknown:
            raise UsageError(f"a candidate has no member {unknown[0]!r}; it has name, pipeline, algorithm, static, ranges")
        if lacking:
            raise UsageError(f"the candidate lacks its member {lacking[0]!r}")
        ranges = {name: value.to_plan() if hasattr(value, "to_plan") else value for name, value in (candidate.get("ranges") or {}).items()}
        self._selected[candidate["name"]] = {
            "pipeline": copy.deepcopy(candidate["pipeline"]),
            "algorithm": candidate["algorithm"],
            "static": copy.deepcopy(candidate.get("static") or {}),
            "ranges": copy.deepcopy(ranges),
        }

    def plan(self):
        """Return the plan that the cells have built so far, as a dict.

        A pipeline that an edited candidate shares with another one gets a name of its own.
        """
        plan = self._stored()
        stored_pipelines = {candidate["pipeline"] for candidate in plan["candidates"].values()}
        for name, candidate in plan["candidates"].items():
            if name not in self._selected:
                candidate["enabled"] = False
        for name, wanted in self._selected.items():
            candidate = plan["candidates"].get(name, {"reason": "Added in the notebook."})
            pipeline = _place_pipeline(plan, name, wanted["pipeline"])
            plan["candidates"][name] = {**candidate, **wanted, "pipeline": pipeline, "enabled": True}
        used = {candidate["pipeline"] for candidate in plan["candidates"].values()}
        for name in stored_pipelines - used:
            plan["pipelines"].pop(name, None)
        return plan

    def _apply(self):
        if not self._selected:
            raise UsageError("no candidate is selected; run the cells that call runner.select_candidate")
        self._write(self.plan())

    def display_candidates(self):
        """Write the plan and show the selected candidates."""
        self._apply()
        return self._section("plan_candidates")

    # ---- running ----

    def tune(self):
        """Write the plan and train what is not there yet; Ctrl-C stops and keeps what is done.

        The time limit counts from the start of the run that follows a change of the plan; a plan that was tuned before goes on with what
        was left of it. The notebooks of the job are not rewritten: `pilotage notebook JOB` does that.

        Raises
        ------
        PilotageError
            When the plan is refused, or no model came out.
        """
        self._apply()
        run_job({"command": "tune", "job": str(self.job), "notebooks": False})

    def leaderboard(self, all=False):
        """Show the candidates, best first; ``.rows`` holds them as dicts, ``all=True`` a row a trial."""
        rows = call_for_json("ptg_job_leaderboard", str(self.job), int(all))
        return Table(self._section("leaderboard")._repr_mimebundle_(), rows)

    def best_candidate(self):
        """Show the best candidate and its parameters; ``.rows`` holds its row."""
        row = best_row(self.job)
        return Table(self._section("best_candidate")._repr_mimebundle_(), [row] if row else [])

    def shapes(self, candidate=None):
        """Show the functions that an additive candidate adds up; ``.rows`` holds them as dicts.

        Parameters
        ----------
        candidate : str, optional
            Its name; the first additive one otherwise.

        Returns
        -------
        Table
            A row a function, the most important first, with ``importance``, ``axes``, ``values``, ``spread`` and, for one column,
            ``share``: see docs/formats/shapes.md.

        Raises
        ------
        UsageError
            When the named candidate has no functions.
        """
        trained = (self.job / "shapes.json").exists()
        found = call_for_json("ptg_job_document", str(self.job), "shapes")["candidates"] if trained else {}
        if candidate is not None and candidate not in found:
            raise UsageError(f"there are no functions of {candidate!r}; there are those of {', '.join(found) or 'no candidate yet'}")
        name = candidate or next(iter(found), None)
        shown = self._section(f"shapes:{name}" if name else "shapes")
        return Table(shown._repr_mimebundle_(), found[name]["functions"] if name else [])

    def predict(self, table, candidate=None, allow_missing=False):
        """Predict rows with the best candidate, or another one.

        Parameters
        ----------
        table : path, pandas.DataFrame, polars.DataFrame, pyarrow.Table or dict of arrays
            The rows to predict.
        candidate : str, optional
            A row of the leaderboard.
        allow_missing : bool
            Read a feature that is not there as missing.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Numbers, or labels as texts.
        """
        with Model(self.job, candidate) as model:
            return model.predict(table, allow_missing)[0]


def _place_pipeline(plan, name, steps):
    """Put `steps` into the plan's pipelines for the candidate `name`; return the pipeline's name."""
    pipelines, candidates = plan["pipelines"], plan["candidates"]
    wanted = candidates[name]["pipeline"] if name in candidates else name.split("-")[0]
    if pipelines.get(wanted) == steps:
        return wanted
    for other, other_steps in pipelines.items():
        if other_steps == steps:
            return other
    shared = any(other != name and candidate["pipeline"] == wanted for other, candidate in candidates.items())
    if shared or not wanted.replace("_", "").isalnum() or not wanted.isascii():
        wanted = next(f"dpp{i}" for i in range(len(pipelines) + 1) if f"dpp{i}" not in pipelines)
    pipelines[wanted] = steps
    return wanted
