"""Finding, loading and calling libpilotage."""

import ctypes
import functools
import json
import os
import sysconfig
from pathlib import Path

from pilotage import _native
from pilotage.errors import LibraryError, error_of

_HERE = Path(__file__).resolve().parent


def library_path():
    """Return the path of libpilotage.

    The first of: the environment variable ``PILOTAGE_LIBRARY``; the library of the installed package; ``build/libpilotage.so`` of the
    source tree that this file lies in.

    Raises
    ------
    LibraryError
        When there is none.
    """
    named = os.environ.get("PILOTAGE_LIBRARY")
    if named:
        return Path(named)
    candidates = [*sorted((_HERE / "_lib").glob("libpilotage.so*")), _HERE.parent.parent / "build" / "libpilotage.so"]
    for path in candidates:
        if path.is_file():
            return path
    raise LibraryError("libpilotage.so was not found; install the package again, or set PILOTAGE_LIBRARY to its path")


@functools.cache
def library():
    """Load libpilotage once and declare its functions."""
    path = library_path()
    try:
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in _native.FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as error:
        raise LibraryError(f"{path} cannot be used: {error}; install the package again") from error
    # Where XGBoost and LightGBM of this environment lie; workers inherit it. What the user set stays.
    os.environ.setdefault("PILOTAGE_SITE_PACKAGES", sysconfig.get_path("purelib"))
    return loaded


def _encoded(text):
    """UTF-8 for C; a NUL inside would cut the text there, so it is refused."""
    if "\0" in text:
        raise ValueError(f"a text holds a NUL character: {text!r}")
    return text.encode("utf-8", "surrogateescape")


def call(name, *arguments):
    """Call a function of the library that returns a status; raise the error that it reports.

    Texts are given as str or None; pointers as ctypes objects.
    """
    error = _native.Error()
    ready = [_encoded(value) if isinstance(value, str) else value for value in arguments]
    status = getattr(library(), name)(*ready, ctypes.byref(error))
    if status != _native.OK:
        raise error_of(status, error.message.decode("utf-8", "replace"))


def call_for_text(name, *arguments):
    """Call a function whose last output before the error is a text; return it as str."""
    pointer = ctypes.c_void_p()
    call(name, *arguments, ctypes.byref(pointer))
    return take_text(pointer)


def call_for_json(name, *arguments):
    """Call a function that hands over JSON; return the value."""
    return json.loads(call_for_text(name, *arguments))


def take_text(pointer):
    """Copy a text that the library handed over, and free it; None for NULL."""
    if not pointer.value:
        return None
    try:
        return ctypes.string_at(pointer.value).decode("utf-8", "replace")
    finally:
        library().ptg_text_free(pointer)
