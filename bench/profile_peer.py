"""ydata-profiling in its own environment: profile_peer.py TABLE PAGE. Minimal mode, as its documentation advises for large tables.

Prints the seconds from the first line read to the page written as JSON; importing itself is not counted.
"""

import json
import sys
import time

import pandas as pd
from ydata_profiling import ProfileReport


def main(table, page):
    started = time.monotonic()
    ProfileReport(pd.read_csv(table), minimal=True, progress_bar=False).to_file(page)
    print(json.dumps({"seconds": round(time.monotonic() - started, 3)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
