"""The kit of the data exploration notebook: one method a section, drawn by the engine from the job's documents."""

import json
from pathlib import Path

from pilotage._display import Section
from pilotage._fixes import apply_fixes
from pilotage._library import call, call_for_json

__all__ = ["Profile"]


class Profile:
    """The analysis of a table, in a job folder.

    Parameters
    ----------
    job : path
        The job folder; ``".."`` from a notebook in it.
    """

    def __init__(self, job):
        self.job = Path(job).resolve()

    def _section(self, name):
        return Section.of(self.job, name)

    @property
    def document(self):
        """Every statistic as a dict (profile.json)."""
        return call_for_json("ptg_job_document", str(self.job), "profile")

    def configure(self, **settings):
        """Analyse the table again under other settings, and show what differs from what was found.

        What is not given stays as it is; ``None`` as a value goes back to what was found. Nothing is done where nothing changes. The
        plan follows: it is made anew if nobody edited it, else the types and missing tokens that were turned are put into it.

        Parameters
        ----------
        sample_rows : int
            Random rows shown.
        thresholds : dict of float
            By finding.
        types : dict of str
            By column: ``numeric``, ``categorical``, ``text``, ``datetime`` or ``sequence``.
        missing_tokens : dict of list of str
            By column: the texts that count as missing.
        formats : dict of str
            By column of dates that can be read with either order of day and month: the format that is meant, such as ``"%d/%m/%Y"``.

        Raises
        ------
        UsageError
            When a setting, finding, column or value is wrong.
        DataError
            When the table cannot be used that way.
        """
        call("ptg_analysis_configure", str(self.job), json.dumps(settings))
        return self._section("settings")

    def page(self, path):
        """Write what this notebook shows as one HTML page that needs nothing else.

        Parameters
        ----------
        path : path
            The file; one that is there is replaced.
        """
        call("ptg_notebook_page", str(self.job), str(path))

    def apply_fixes(self, which="all"):
        """Apply fixes of findings to the plan, and show what became of each.

        Parameters
        ----------
        which : "all", "high", or list of str
            All fixes, those of high severity, or those of findings by name: ``"column-outliers"``, or ``"column-outliers:NAME"`` for one
            column's. An empty list changes nothing and shows the fixes that there are.

        Returns
        -------
        Table
            A row a fix with ``id``, ``columns``, ``state`` (applied, already, refused) and ``text``.

        Raises
        ------
        UsageError
            When a name is no finding, or this job has no fix for it; nothing is changed then.
        """
        return apply_fixes(self.job, which) if which else self._section("fixes")

    def findings(self):
        """Show what may hurt a model, most severe first."""
        return self._section("findings")

    def dataset(self):
        """Show size, column types, and how the table was read."""
        return self._section("dataset")

    def target(self):
        """Show the column to predict."""
        return self._section("target")

    def sample(self):
        """Show random rows under each column's prediction power and type."""
        return self._section("sample")

    def feature_summary(self):
        """Show the most predictive columns."""
        return self._section("feature_summary")

    def column_charts(self):
        """Show a chart of each column."""
        return self._section("column_charts")

    def target_charts(self):
        """Show the target against each column: mean or class shares of each bin or level."""
        return self._section("target_charts")

    def column(self, name):
        """Show one column in full.

        Parameters
        ----------
        name : str
            The column's name as it stands in the data.
        """
        return self._section(f"column:{name}")

    def duplicates(self):
        """Show rows that stand in the table more than once."""
        return self._section("duplicates")

    def associations(self):
        """Show which columns go together."""
        return self._section("associations")

    def checks(self):
        """Show what the profile's small model tells of the whole table: leaks, groups, time, drift, label noise."""
        return self._section("checks")

    def anomalous_rows(self):
        """Show rows that are unlike the others."""
        return self._section("anomalous_rows")

    def missing(self):
        """Show the columns with missing values."""
        return self._section("missing")

    def cardinality(self):
        """Show how many different values each column has."""
        return self._section("cardinality")

    def statistics(self):
        """Show the numbers of the numeric columns."""
        return self._section("statistics")

    def texts(self):
        """Show language, words and lengths of the text columns."""
        return self._section("texts")

    def dates(self):
        """Show period, gaps and seasons of the date columns."""
        return self._section("dates")

    def definitions(self):
        """Show what words and numbers mean."""
        return self._section("definitions")
