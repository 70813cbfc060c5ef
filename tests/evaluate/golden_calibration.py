#!/usr/bin/env python3
"""Prints the golden numbers of test_judgement.c: jackknife errors and temperatures of the tables that it makes.

    .venv/bin/python tests/evaluate/golden_calibration.py

Row i of n has u = (i * 0.6180339887498949) mod 1 and v = (i * 0.7548776662466927) mod 1 (Weyl sequences), so that C and Python
have the same tables without a file."""

import numpy as np
from scipy.optimize import minimize_scalar

n = 400
i = np.arange(n)
u = (i * 0.6180339887498949) % 1
v = (i * 0.7548776662466927) % 1

p = 1 / (1 + np.exp(-(6 * u - 3)))  # too sure of itself: the truth has half the slope
y = v < 1 / (1 + np.exp(-(3 * u - 1.5)))
w = 0.5 + u


def binary(t):
    z = np.log(p) - np.log1p(-p)
    q = 1 / (1 + np.exp(-z / t))
    return -np.average(np.where(y, np.log(q), np.log1p(-q)), weights=w)


print("binary temperature", minimize_scalar(binary, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-12}).x)

logits = np.c_[4 * u, 4 * v, np.full(n, 2.0)]
true = np.exp(logits / 2)
true /= true.sum(axis=1, keepdims=True)
s = (i * 0.5698402909980532) % 1
k = (s[:, None] > np.cumsum(true, axis=1)).sum(axis=1).clip(0, 2)


def multiclass(t):
    q = np.exp(logits / t)
    q /= q.sum(axis=1, keepdims=True)
    return -np.mean(np.log(q[i, k]))


print("multiclass temperature", minimize_scalar(multiclass, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-12}).x)

# 40 rows: one row a group, so that the jackknife of a mean is the standard error of the mean.
e = np.abs(u[:40] - v[:40])
print("mae", float(e.mean()), "se", float(e.std(ddof=1) / np.sqrt(40)))
