#!/usr/bin/env python3
"""Writes src/transform/unicode_tables.h: word characters and lower case as Python's str has them."""

import pathlib
import sys
import unicodedata


def word_ranges():
    """Ranges of code points above ASCII that match the word class of Python's re."""
    ranges = []
    for c in range(128, 0x110000):
        if 0xD800 <= c < 0xE000 or not chr(c).isalnum():
            continue
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    return ranges


def lower_runs():
    """Runs (first, last, step, delta) of code points above ASCII whose lower case is one other code point."""
    runs = []
    for c in range(128, 0x110000):
        if 0xD800 <= c < 0xE000:
            continue
        low = chr(c).lower()
        if len(low) != 1 or ord(low) == c:
            continue
        delta = ord(low) - c
        if runs and runs[-1][3] == delta:
            first, last, step, _ = runs[-1]
            gap = c - last
            if gap in (1, 2) and (gap == step or first == last):
                runs[-1] = [first, c, gap, delta]
                continue
        runs.append([c, c, 1, delta])
    return runs


def table(rows):
    line, lines = "   ", []
    for row in rows:
        item = " {" + ", ".join(str(v) for v in row) + "},"
        if len(line) + len(item) > 128:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join([*lines, line])


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    words, lower = word_ranges(), lower_runs()
    unicode = unicodedata.unidata_version
    text = f"""/* Word characters and lower case of Unicode {unicode}, above ASCII. Made by tools/make_unicode_tables.py. */
/* clang-format off */
#ifndef TRANSFORM_UNICODE_TABLES_H
#define TRANSFORM_UNICODE_TABLES_H

#include <stdint.h>

/* First and last code point of each range of letters and digits, ascending. */
static const int32_t word_ranges[][2] = {{
{table(words)}
}};

/* First, last, step, and what is added for the lower case; ascending. */
static const int32_t lower_runs[][4] = {{
{table(lower)}
}};

#endif
"""
    (root / "src/transform/unicode_tables.h").write_text(text, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
