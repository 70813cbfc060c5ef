"""Fitted models: describing and predicting."""

import csv
import ctypes
import json
import tempfile
from pathlib import Path

import numpy as np

from pilotage._library import call, call_for_json, library
from pilotage._table import Table, is_path

__all__ = ["Model"]


class Model:
    """A fitted model.

    Parameters
    ----------
    path : path
        A model file (``best.ptg``), or a job folder.
    candidate : str, optional
        Another row of the job's leaderboard.
    """

    def __init__(self, path, candidate=None):
        self._handle = ctypes.c_void_p()
        call("ptg_model_open", str(path), candidate, ctypes.byref(self._handle))

    def close(self):
        """Free the model."""
        if self._handle.value:
            library().ptg_model_free(self._handle)
            self._handle = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def describe(self):
        """Return what the model is: problem_type, target, classes, positive_class, threshold, columns, members."""
        return call_for_json("ptg_model_describe", self._handle)

    def predict(self, table, allow_missing=False):
        """Predict a table.

        Parameters
        ----------
        table : path, pandas.DataFrame, polars.DataFrame, pyarrow.Table or dict of arrays
            The rows to predict; columns are found by name.
        allow_missing : bool
            Read a feature that is not there as missing.

        Returns
        -------
        prediction : numpy.ndarray of shape (n_rows,)
            Numbers for regression, labels (texts) for classification.
        probabilities : numpy.ndarray of shape (n_rows, n_classes) or None
            In the order of ``describe()["classes"]``; None for regression.
        """
        if is_path(table):
            return self._predict_file(table, allow_missing)
        classes = self.describe().get("classes") or []
        width = len(classes) or 1
        with Table(table) as ready:
            values = np.empty((ready.n_rows, width), dtype="float64")
            labels = np.zeros(ready.n_rows, dtype="int32")
            call(
                "ptg_model_predict_table",
                self._handle,
                ready.handle,
                int(allow_missing),
                values.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
                labels.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            )
        if not classes:
            return values[:, 0], None
        return np.array(classes, dtype=object)[labels], values

    def _predict_file(self, path, allow_missing):
        with tempfile.TemporaryDirectory(prefix="pilotage-") as folder:
            out = Path(folder) / "predictions.csv"
            call("ptg_model_predict_file", self._handle, str(path), str(out), json.dumps({"allow_missing": allow_missing}))
            with out.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))[1:]
        if self.describe().get("classes"):
            numbers = [[float(cell) for cell in row[1:]] for row in rows]
            return np.array([row[0] for row in rows], dtype=object), np.array(numbers, dtype="float64")
        return np.array([float(row[0]) for row in rows], dtype="float64"), None
