"""Pilotage: an autopilot for tables that you can see through."""

from pilotage.automl import AutoML
from pilotage.errors import (
    DataError,
    FailedError,
    FileError,
    FormatError,
    LibraryError,
    LimitError,
    MemoryLimitError,
    PilotageError,
    StoppedError,
    UsageError,
)

__all__ = [
    "AutoML",
    "DataError",
    "FailedError",
    "FileError",
    "FormatError",
    "LibraryError",
    "LimitError",
    "MemoryLimitError",
    "PilotageError",
    "StoppedError",
    "UsageError",
]
__version__ = "0.1.0"
