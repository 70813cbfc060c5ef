"""Objects that a notebook shows: sections that the engine draws, and tables of rows."""

from pilotage._library import call_for_json

__all__ = ["Section", "Table"]


class Section:
    """What one cell shows, as drawn by the engine.

    Parameters
    ----------
    bundle : dict
        MIME bundle with ``text/html`` and ``text/plain``.
    """

    def __init__(self, bundle):
        self._bundle = bundle

    @classmethod
    def of(cls, job, name):
        """Ask the engine for the section `name` of the job folder `job`."""
        return cls(call_for_json("ptg_notebook_section", str(job), name))

    def _repr_mimebundle_(self, include=None, exclude=None):
        return dict(self._bundle)

    def _repr_html_(self):
        return self._bundle["text/html"]

    def __repr__(self):
        return self._bundle["text/plain"]


class Table(Section):
    """A section with the rows behind it.

    Attributes
    ----------
    rows : list of dict
        One dict a row.
    """

    def __init__(self, bundle, rows):
        super().__init__(bundle)
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def to_pandas(self):
        """Return the rows as a pandas.DataFrame."""
        import pandas

        return pandas.DataFrame(self.rows)
