#!/usr/bin/env python3
"""Writes tests/transform/transform_golden.h: results of scikit-learn and of Python's datetime for small inputs."""

import datetime
import json
import math
import pathlib

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler, TargetEncoder

DOCUMENTS = [
    "The quick brown fox jumps over the lazy dog.",
    "the   fox\tfox and a DOG",
    "",
    "Größe und STRASSE: Ünïcode naïve café, 123 45 6",
    "Κόσμε ПРИВЕТ мир мир 東京 東京都",
    "a b c d",
    "under_score under-score it's 3.14\n\nnew line",
    "fox dog fox dog fox   ",
    " \u00a0spaces\u2003between words ",
]
CONFIGS = [
    ({}, {}),
    ({"ngram_range": (1, 2), "min_df": 2}, {"ngram_range": [1, 2], "min_df": 2}),
    ({"analyzer": "char", "ngram_range": (2, 3), "max_df": 3}, {"analyzer": "char", "ngram_range": [2, 3], "max_df": 3}),
    (
        {"analyzer": "char_wb", "ngram_range": (3, 5), "sublinear_tf": True, "min_df": 0.2},
        {"analyzer": "char_wb", "ngram_range": [3, 5], "sublinear_tf": True, "min_df": 0.2},
    ),
    ({"lowercase": False, "norm": "l1", "smooth_idf": False}, {"lowercase": False, "norm": "l1", "smooth_idf": False}),
    (
        {"use_idf": False, "norm": None, "binary": True, "max_features": 2},
        {"use_idf": False, "norm": "none", "binary": True, "max_features": 2},
    ),
    ({"analyzer": "char_wb", "ngram_range": (1, 4)}, {"analyzer": "char_wb", "ngram_range": [1, 4]}),
]
MOMENTS = [
    "1970-01-01 00:00:00",
    "1969-12-31 23:59:59",
    "2000-02-29 12:30:15",
    "1900-03-01 00:00:01",
    "2016-01-03 06:00:00",
    "2016-01-04 18:45:30",
    "2020-12-31 23:00:00",
    "2021-01-01 00:00:00",
    "2018-12-31 10:10:10",
    "2024-12-30 05:05:05",
    "2009-12-31 01:02:03",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2023-07-15 13:14:15",
]


def number(value):
    return "NAN" if math.isnan(value) else repr(float(value))


def text(value):
    out = ""
    for byte in value.encode():
        out += chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
    return f'"{out}"'


def values(numbers, per_line=8):
    numbers = [number(v) for v in numbers]
    return ",\n".join("    " + ", ".join(numbers[i : i + per_line]) for i in range(0, len(numbers), per_line))


def tfidf():
    lines = ["static const char *const golden_documents[] = {", ",\n".join("    " + text(d) for d in DOCUMENTS), "};"]
    table = []
    for index, (ours, config) in enumerate(CONFIGS):
        vectorizer = TfidfVectorizer(**ours)
        x = vectorizer.fit_transform(DOCUMENTS).toarray()
        terms = vectorizer.get_feature_names_out()
        lines += [
            f"static const char *const golden_terms_{index}[] = {{",
            ",\n".join("    " + text(t) for t in terms),
            "};",
            f"static const double golden_weights_{index}[] = {{",
            values(x.T.ravel()),
            "};",
        ]
        table.append(f"    {{{text(json.dumps(config))}, {len(terms)}, golden_terms_{index}, golden_weights_{index}}},")
    lines += [
        "static const struct {",
        "    const char *parameters;",
        "    int32_t n_terms;",
        "    const char *const *terms;",
        "    const double *weights; /* n_terms x documents */",
        "} golden_tfidf[] = {",
        *table,
        "};",
    ]
    return lines


def moments():
    rows = []
    for moment in MOMENTS:
        t = datetime.datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.UTC)
        seconds = (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds()
        fields = [
            t.isoweekday(),
            t.year,
            t.hour,
            t.minute,
            t.second,
            t.month,
            t.isocalendar()[1],
            t.day,
            t.timetuple().tm_yday,
            (t.month - 1) // 3 + 1,
        ]
        rows.append("    {" + ", ".join(number(v) for v in [seconds, *fields, seconds / 86400]) + "},")
    return [
        "/* Seconds, then the fields in the order of the encoder's table. */",
        "static const double golden_moments[][12] = {",
        *rows,
        "};",
    ]


def statistics():
    nan = float("nan")
    x = numpy.array(
        [
            [1.5, 0, 7, 1e6],
            [nan, 0, 7, 1e6 + 1],
            [2.5, 0, 7, nan],
            [-4, 3, 7, 1e6 + 2],
            [2.5, 0, 7, 1e6 + 5],
            [8, 0, nan, 1e6],
            [nan, 0, 7, 1e6 + 1],
        ]
    )
    lines = [
        f"#define GOLDEN_ROWS {x.shape[0]}",
        "static const double golden_numbers[4][GOLDEN_ROWS] = {",
        ",\n".join("    {" + ", ".join(number(v) for v in column) + "}" for column in x.T),
        "};",
    ]
    for strategy in ("median", "mean", "most_frequent"):
        fill = SimpleImputer(strategy=strategy).fit(x).statistics_
        lines += [f"static const double golden_fill_{strategy}[4] = {{", values(fill), "};"]
    scaler = StandardScaler().fit(x)
    lines += [
        "static const double golden_scaler_mean[4] = {",
        values(scaler.mean_),
        "};",
        "static const double golden_scaler_scale[4] = {",
        values(scaler.scale_),
        "};",
    ]
    return lines


def targets():
    random = numpy.random.default_rng(3)
    n = 40
    level = random.integers(0, 5, n)
    binary = (random.random(n) < 0.2 + 0.12 * level).astype(int)
    multi = random.integers(0, 3, n)
    real = numpy.round(level * 1.5 + random.normal(size=n), 3)
    lines = [f"#define GOLDEN_TARGET_ROWS {n}"]
    for name, v in (("level", level), ("binary", binary), ("multi", multi), ("real", real)):
        lines += [f"static const double golden_{name}[GOLDEN_TARGET_ROWS] = {{", values(v, 16), "};"]
    for name, y, kind in (("binary", binary, "binary"), ("multi", multi, "multiclass"), ("real", real, "continuous")):
        encoder = TargetEncoder(smooth=10.0, target_type=kind).fit(level.reshape(-1, 1), y)
        encoded = encoder.transform(numpy.arange(6).reshape(-1, 1))
        lines += [
            f"/* Levels 0 ... 4, then an unseen one; a row a level. */\nstatic const double golden_encoded_{name}[] = {{",
            values(encoded.ravel()),
            "};",
        ]
    return lines


def main():
    lines = [
        "/* Made by tests/transform/make_transform_golden.py with scikit-learn and Python's datetime. */",
        "/* clang-format off */",
        "#ifndef TRANSFORM_GOLDEN_H",
        "#define TRANSFORM_GOLDEN_H",
        "",
        "#include <math.h>",
        "#include <stdint.h>",
        "",
    ]
    lines += [*tfidf(), *moments(), *statistics(), *targets(), "", "#endif", ""]
    (pathlib.Path(__file__).parent / "transform_golden.h").write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
