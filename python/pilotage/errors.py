"""Errors of Pilotage: each is a PilotageError and also the built-in exception that users expect."""

from pilotage import _native

__all__ = [
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


class PilotageError(Exception):
    """Anything that the engine reports; the message is one sentence that says what to do."""


class FailedError(PilotageError, RuntimeError):
    """Something failed that has no class of its own."""


class UsageError(PilotageError, ValueError):
    """A wrong option, name or value."""


class DataError(PilotageError, ValueError):
    """The data was refused."""


class MemoryLimitError(PilotageError, MemoryError):
    """Out of memory, or over a memory limit."""


class FileError(PilotageError, OSError):
    """A file could not be read or written."""


class FormatError(PilotageError, ValueError):
    """A file of a job or a model is damaged, or of a version that is not known."""


class LibraryError(PilotageError, ImportError):
    """A library that is loaded at run time is missing, too old, or reported an error."""


class LimitError(PilotageError, TimeoutError):
    """A limit of time or cost was reached before there was a result."""


class StoppedError(PilotageError, RuntimeError):
    """The run was stopped before there was a result."""


_CLASSES = {
    _native.FAILED: FailedError,
    _native.USAGE: UsageError,
    _native.DATA: DataError,
    _native.MEMORY: MemoryLimitError,
    _native.IO: FileError,
    _native.FORMAT: FormatError,
    _native.LIBRARY: LibraryError,
    _native.LIMIT: LimitError,
    _native.STOPPED: StoppedError,
}


def error_of(status, message):
    """Return the exception for a status of the engine.

    Parameters
    ----------
    status : int
        A ``ptg_status`` other than 0.
    message : str
        The sentence that the engine wrote.
    """
    return _CLASSES.get(status, FailedError)(message)
