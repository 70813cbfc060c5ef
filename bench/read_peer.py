"""Times one peer reading a CSV file to typed columns in memory: read_peer.py TOOL FILE THREADS. Prints one JSON object.

Each tool finds the types by itself, dates and missing tokens included, as far as it can: pandas is told the columns of dates, which it
would leave texts; the others are asked to try dates, and told that NA is missing where they do not know.
"""

import json
import os
import resource
import sys
import time

TOOL, PATH, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ["POLARS_MAX_THREADS"] = str(THREADS)
DATES = ["signed", "updated"]


def pandas():
    import pandas as pd

    return lambda: pd.read_csv(PATH, parse_dates=DATES), lambda table: [str(kind) for kind in table.dtypes]


def pyarrow():
    import pyarrow as pa
    import pyarrow.csv as csv

    pa.set_cpu_count(THREADS)
    missing = csv.ConvertOptions(strings_can_be_null=True)
    return lambda: csv.read_csv(PATH, convert_options=missing), lambda table: [str(kind) for kind in table.schema.types]


def polars():
    import polars as pl

    def read():
        return pl.read_csv(PATH, try_parse_dates=True, null_values=["NA", ""], infer_schema_length=10000)

    return read, lambda table: [str(kind) for kind in table.dtypes]


def duckdb():
    import duckdb as db

    def read():
        connection = db.connect(config={"threads": THREADS})
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{PATH}', nullstr=['', 'NA'])")
        return connection

    return read, lambda connection: [row[1] for row in connection.execute("DESCRIBE t").fetchall()]


read, types = {"pandas": pandas, "pyarrow": pyarrow, "polars": polars, "duckdb": duckdb}[TOOL]()
before = time.perf_counter()
table = read()
seconds = time.perf_counter() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": [round(seconds, 4)], "peak_mb": round(peak), "types": types(table)}))
