"""The command `pilotage` of an installed package: it becomes the binary that the package brings."""

import os
import sys
import sysconfig
from pathlib import Path

__all__ = ["main"]


def main():
    """Replace this process by the binary, with the same arguments."""
    binary = Path(__file__).resolve().parent / "_bin" / "pilotage"
    if not binary.is_file():
        sys.exit(f"pilotage: {binary} is missing; install the package again")
    os.environ.setdefault("PILOTAGE_SITE_PACKAGES", sysconfig.get_path("purelib"))
    os.environ.setdefault("PILOTAGE_PYTHON", sys.executable)
    os.execv(binary, ["pilotage", *sys.argv[1:]])
