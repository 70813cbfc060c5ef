"""Golden numbers of test_linear_learner.c: `python tests/learn/make_linear_golden.py > tests/learn/linear_golden.h`.

scikit-learn's optimum on standardised columns, for data that both sides compute from sines.
"""

import warnings

import numpy as np
import sklearn
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
N, P = 150, 4
i = np.arange(N)[:, None]
j = np.arange(P)[None, :]
X = np.sin(1 + i * (j + 1) * 0.7 + j) * (j + 1) + 0.5 * np.sin(0.9 * i) + j
noise = np.sin(12.9898 * (np.arange(N) + 1)) * 1.5
score = X @ np.array([1.0, -0.7, 0.4, 0.0]) - 1 + noise
W = 1.0 + np.arange(N) % 3


def show(name, coefficients, bias):
    coefficients, bias = np.atleast_2d(coefficients), np.atleast_1d(bias)
    values = ", ".join(f"{v:.10g}" for v in coefficients.ravel())
    print(f'    {{"{name}", {{{values}}}, {{{", ".join(f"{v:.10g}" for v in bias)}}}}},')


def standard(weight):
    return StandardScaler().fit(X, sample_weight=weight).transform(X)


def regression(name, l1, l2, weight):
    Z = standard(weight)
    w = np.ones(N) if weight is None else weight
    mean = np.average(score, weights=w)
    sd = np.sqrt(np.average((score - mean) ** 2, weights=w))
    y = (score - mean) / sd
    if l1 == 0:
        m = Ridge(alpha=l2 * w.sum(), tol=1e-14).fit(Z, y, sample_weight=w)
    else:
        m = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-14, max_iter=1000000).fit(Z, y, sample_weight=w)
    show(name, m.coef_ * sd, m.intercept_ * sd + mean)


def classes(name, y, l1, l2, weight, balanced=False):
    Z = standard(weight)
    w = np.ones(N) if weight is None else weight.copy()
    if balanced:
        for k in np.unique(y):
            w[y == k] /= w[y == k].sum()
    w = w / w.sum()
    if l1 == 0:
        m = LogisticRegression(C=1 / l2, tol=1e-13, max_iter=100000, solver="newton-cg").fit(Z, y, sample_weight=w)
    else:
        m = LogisticRegression(
            C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), penalty="elasticnet", solver="saga", tol=1e-13, max_iter=200000
        ).fit(Z, y, sample_weight=w * 1.0)
    show(name, m.coef_, m.intercept_ - (m.intercept_.mean() if len(m.intercept_) > 1 else 0))


print("/* Made by make_linear_golden.py with scikit-learn " + sklearn.__version__ + ": weights by output, biases. */")
print("/* clang-format off */")
print("static const struct golden {\n    const char *name;\n    double weights[12], bias[3];\n} golden[] = {")
binary = (score > np.median(score) + 0.8).astype(int)
multi = np.digitize(score, np.quantile(score, [0.3, 0.75]))
regression("ridge", 0, 0.1, None)
regression("ridge weighted", 0, 0.01, W)
regression("elastic net", 0.08, 0.05, None)
regression("elastic net weighted", 0.02, 0.001, W)
classes("logistic", binary, 0, 0.01, None)
classes("logistic weighted", binary, 0, 0.001, W)
classes("logistic balanced", binary, 0, 0.01, None, True)
classes("logistic elastic net", binary, 0.02, 0.01, None)
classes("softmax", multi, 0, 0.01, None)
classes("softmax weighted", multi, 0, 0.003, W)
classes("softmax elastic net", multi, 0.02, 0.01, None)
print("};")
print(f"static const double binary_cut = {np.median(score) + 0.8:.17g};")
low, high = np.quantile(score, [0.3, 0.75])
print(f"static const double class_cuts[2] = {{{low:.17g}, {high:.17g}}};")
