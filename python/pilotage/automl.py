"""AutoML: analyse a table, plan, tune, and predict with the best model."""

import tempfile
from pathlib import Path

from pilotage._fixes import apply_fixes
from pilotage._job import best_row, run_job
from pilotage._library import call_for_json
from pilotage._model import Model
from pilotage._table import Table, is_path
from pilotage.errors import UsageError

__all__ = ["AutoML"]


class AutoML:
    """An AutoML job on one table.

    Parameters
    ----------
    target : str
        The column to predict.
    **options
        Every option of ``pilotage run`` by its long name with ``_`` for ``-``: ``objective``, ``time_limit`` (seconds), ``max_trials``,
        ``output`` (the job folder), ``problem_type``, ``seed``, … ``quiet=True`` shows no progress.

    Notes
    -----
    A table from memory is written to a temporary folder. Without ``output`` its job lies there too, and goes with this object.

    Examples
    --------
    >>> automl = AutoML("churn", time_limit=60).fit("customers.csv")  # doctest: +SKIP
    >>> automl.predict("new.csv")  # doctest: +SKIP
    """

    def __init__(self, target, **options):
        self.target = target
        self.quiet = bool(options.pop("quiet", False))
        self.options = options
        self.job = None
        self._folder = None

    def _table_path(self, table, name):
        """Return the path of a table; one from memory is saved first."""
        if is_path(table):
            return str(table)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pilotage-")
        path = Path(self._folder.name) / f"{name}.frame"
        with Table(table) as ready:
            ready.save(path)
        return str(path)

    def _run(self, command, table):
        request = {**self.options, "command": command, "target": self.target, "table": self._table_path(table, "table")}
        validation = request.get("validation")
        if validation is not None:
            request["validation"] = self._table_path(validation, "validation")
        if self._folder is not None and "output" not in request:
            request["output"] = str(Path(self._folder.name) / "job")
        for key, value in request.items():
            if hasattr(value, "__fspath__"):
                request[key] = str(value)
        last = run_job(request, quiet=self.quiet)
        self.job = Path(last["job"]).resolve()
        return self

    def fit(self, table):
        """Analyse, plan, tune and select.

        Parameters
        ----------
        table : path, pandas.DataFrame, polars.DataFrame, pyarrow.Table or dict of arrays
            The training rows, with the target.

        Returns
        -------
        AutoML
            This object.
        """
        return self._run("run", table)

    def plan(self, table):
        """Analyse and plan, and stop when both notebooks exist; takes what `fit` takes."""
        return self._run("plan", table)

    @classmethod
    def attach(cls, job):
        """Return an AutoML for a job folder that exists.

        Parameters
        ----------
        job : path
            The job folder.
        """
        document = call_for_json("ptg_job_document", str(job), "job")
        automl = cls((document.get("request") or {}).get("target"))
        automl.job = Path(job).resolve()
        return automl

    def _job(self):
        if self.job is None:
            raise UsageError("there is no job yet; call fit, plan or attach first")
        return str(self.job)

    def apply_fixes(self, which="all"):
        """Apply fixes of findings to the plan; the next run of the job uses it. See `pilotage.profile.Profile.apply_fixes`."""
        return apply_fixes(self._job(), which)

    def describe(self):
        """Return job.json as a dict: request, problem type, objective, classes, status."""
        return call_for_json("ptg_job_document", self._job(), "job")

    def list_candidates(self, all=False):
        """Return the leaderboard, best first, as a list of dicts; ``all=True``: a row a trial."""
        return call_for_json("ptg_job_leaderboard", self._job(), int(all))

    def best_candidate(self):
        """Return the leaderboard's row of the model that `predict` uses.

        Raises
        ------
        UsageError
            When nothing has been trained.
        """
        row = best_row(self._job())
        if row is None:
            raise UsageError("no candidate has a score yet; call fit, or tune the job")
        return row

    def predict(self, table, candidate=None, allow_missing=False):
        """Predict rows.

        Parameters
        ----------
        table : path, pandas.DataFrame, polars.DataFrame, pyarrow.Table or dict of arrays
            The rows to predict.
        candidate : str, optional
            A row of the leaderboard other than the best.
        allow_missing : bool
            Read a feature that is not there as missing.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Numbers, or labels as texts.
        """
        with Model(self._job(), candidate) as model:
            return model.predict(table, allow_missing)[0]

    def predict_proba(self, table, candidate=None, allow_missing=False):
        """Return probabilities of shape (n_rows, n_classes), in the order of ``describe()["classes"]``.

        Raises
        ------
        UsageError
            For regression.
        """
        with Model(self._job(), candidate) as model:
            probabilities = model.predict(table, allow_missing)[1]
        if probabilities is None:
            raise UsageError("a regression has no probabilities; call predict")
        return probabilities
