"""Estimators for scikit-learn: AutoML behind fit, predict and predict_proba."""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d, validate_data

from pilotage._model import Model
from pilotage.automl import AutoML

__all__ = ["AutoMLClassifier", "AutoMLRegressor"]

_TARGET = "target"


class _Estimator(BaseEstimator):
    """What both estimators share. The fitted state is the bytes of the model file, so that it can be pickled."""

    def __init__(self, objective=None, time_limit=None, max_trials=None, mode=None, folds=None, algorithms=None, seed=0):
        self.objective = objective
        self.time_limit = time_limit
        self.max_trials = max_trials
        self.mode = mode
        self.folds = folds
        self.algorithms = algorithms
        self.seed = seed

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _frame(self, X, reset):
        """Return X as a dict of columns; a data frame keeps its names and types."""
        if hasattr(X, "iloc"):
            validate_data(self, X, reset=reset, skip_check_array=True)
            return {str(name): X.iloc[:, place] for place, name in enumerate(X.columns)}
        X = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite="allow-nan")
        return {f"x{place}": X[:, place] for place in range(X.shape[1])}

    def _fit(self, columns, target, problem_type):
        name = _TARGET
        while name in columns:
            name += "_"
        options = {key: value for key, value in self.get_params(deep=False).items() if value is not None}
        with tempfile.TemporaryDirectory(prefix="pilotage-") as folder:
            automl = AutoML(name, problem_type=problem_type, output=str(Path(folder) / "job"), quiet=True, **options)
            automl.fit({**columns, name: target})
            self.candidates_ = automl.list_candidates()
            self.best_candidate_ = automl.best_candidate()
            self.model_ = (automl.job / "model" / "best.ptg").read_bytes()
        return self

    def _predict(self, X):
        check_is_fitted(self)
        columns = self._frame(X, reset=False)
        with tempfile.TemporaryDirectory(prefix="pilotage-") as folder:
            path = Path(folder) / "best.ptg"
            path.write_bytes(self.model_)
            with Model(path) as model:
                prediction, probabilities = model.predict(columns)
                return prediction, probabilities, model.describe().get("classes")


class AutoMLClassifier(ClassifierMixin, _Estimator):
    """A classifier that plans, tunes and selects.

    Parameters
    ----------
    objective : str, optional
        The metric to optimise (``auc``, ``log_loss``, ``accuracy``, …).
    time_limit : float, optional
        Seconds for the whole fit.
    max_trials : int, optional
        Trained models.
    mode : {"auto", "tuning", "ensembling"}, optional
        Single candidates, weighted bags of them, or whichever is better.
    folds : int, optional
        Folds of the validation.
    algorithms : list of str, optional
        Only these.
    seed : int
        The seed of everything random.

    Attributes
    ----------
    classes_ : numpy.ndarray
        The labels, sorted.
    candidates_ : list of dict
        The leaderboard.
    """

    def fit(self, X, y):
        """Fit to `X` (n_rows, n_columns) and the labels `y`."""
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        columns = self._frame(X, reset=True)
        check_consistent_length(X, y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("y has one class; a classifier needs at least 2")
        # Class numbers as texts: their order by value is that of classes_, and '1' against '0' makes the second class the positive one.
        texts = np.array([str(code) for code in codes], dtype=object)
        return self._fit(columns, texts, "binary" if len(self.classes_) == 2 else "multiclass")

    def predict(self, X):
        """Return the label of each row."""
        prediction, _, _ = self._predict(X)
        return self.classes_[np.array([int(label) for label in prediction], dtype=int)]

    def predict_proba(self, X):
        """Return probabilities (n_rows, n_classes) in the order of ``classes_``."""
        _, probabilities, classes = self._predict(X)
        ordered = np.zeros((len(probabilities), len(self.classes_)))
        ordered[:, [int(label) for label in classes]] = probabilities
        return ordered


class AutoMLRegressor(RegressorMixin, _Estimator):
    """A regressor that plans, tunes and selects; parameters as AutoMLClassifier's.

    Parameters
    ----------
    objective : str, optional
        The metric to optimise (``rmse``, ``mae``, ``r2``, …).
    time_limit, max_trials, mode, folds, algorithms, seed
        As in AutoMLClassifier.
    """

    def fit(self, X, y):
        """Fit to `X` (n_rows, n_columns) and the numbers `y`."""
        y = check_array(column_or_1d(y, warn=True), ensure_2d=False, dtype="float64")
        columns = self._frame(X, reset=True)
        check_consistent_length(X, y)
        return self._fit(columns, y, "regression")

    def predict(self, X):
        """Return the number predicted for each row."""
        return self._predict(X)[0]
