"""Running a job: start it, pull its events, stop it cleanly on Ctrl-C."""

import ctypes
import json

from pilotage._library import call, call_for_json, library, take_text
from pilotage._progress import Progress, Silence

__all__ = ["best_row", "run_job"]

_WAIT_MS = 100


def best_row(job):
    """Return the leaderboard's row of the model that was handed over; before that the first row with a score, or None."""
    handed_over = call_for_json("ptg_job_document", str(job), "job").get("best")
    scored = [row for row in call_for_json("ptg_job_leaderboard", str(job), 0) if row.get("score") is not None]
    found = [row for row in scored if row["name"] == handed_over] or [row for row in scored if row["algorithm"] != "baseline"] or scored
    return found[0] if found else None


def _next_event(job):
    """Wait a moment; return (event or None, whether the job has ended)."""
    text, finished = ctypes.c_void_p(), ctypes.c_int(0)
    call("ptg_job_wait", job, _WAIT_MS, ctypes.byref(text), ctypes.byref(finished))
    line = take_text(text)
    return (json.loads(line) if line else None), bool(finished.value)


def _pull(job, progress):
    """Pull events to the end of the job; return the last one."""
    last, finished = {}, False
    while not finished:
        event, finished = _next_event(job)
        if event:
            last = event
            progress.event(event)
    return last


def run_job(request, quiet=False):
    """Run a job to its end.

    Parameters
    ----------
    request : dict
        As ``ptg_job_start`` takes it; members that are None are left out.
    quiet : bool
        Show no progress.

    Returns
    -------
    dict
        The last event: ``exit_status``, ``job``, ``best``, ``score``.

    Raises
    ------
    PilotageError
        When no model (or plan) was written.
    KeyboardInterrupt
        On Ctrl-C, after the job has stopped and kept what is done.
    """
    job = ctypes.c_void_p()
    call("ptg_job_start", json.dumps({key: value for key, value in request.items() if value is not None}), ctypes.byref(job))
    progress = Silence() if quiet else Progress()
    interrupted = False
    try:
        last = _pull(job, progress)
    except BaseException:  # Ctrl-C, or a failing display: the job stops and keeps what is done
        interrupted = True
        library().ptg_job_stop(job)
        _pull(job, Silence())
        raise
    finally:
        progress.close()
        _end(job, interrupted)
    return last


def _end(job, interrupted):
    """Free the job; its error counts unless something else is on its way already."""
    exit_status = ctypes.c_int(0)
    try:
        call("ptg_job_end", job, ctypes.byref(exit_status))
    except Exception:
        if not interrupted:
            raise
