"""What a person sees while a job runs: one line that is rewritten in a notebook, plain lines on stderr elsewhere."""

import html
import sys
import time

__all__ = ["Progress", "Silence"]


class Silence:
    """Shows nothing."""

    def event(self, event):
        """Take one event of the job."""

    def close(self):
        """End the show."""


class Progress:
    """Shows the stage, how many trials are done, and how the job ended."""

    def __init__(self):
        self._stage = "Starting"
        self._trained = self._read = self._failed = 0
        self._last = ""
        self._seconds = 0.0
        self._best = None
        self._shown = 0.0
        self._handle = _notebook_handle()
        self._printed = None

    def event(self, event):
        """Take one event of the job (a dict with ``event`` and ``seconds``)."""
        self._seconds = event.get("seconds") or self._seconds
        kind = event.get("event")
        if kind == "trial":
            self._trial(event)
        elif kind == "end":
            if event.get("error"):
                self._stage = "Stopped" if event.get("exit_status") == 0 else "Failed"
            self._best = (event.get("best"), event.get("score"))
        elif isinstance(event.get("status"), str):
            self._stage = event["status"]
        elif isinstance(event.get("stage"), str):
            self._stage = event["stage"]
        self._show()

    def _trial(self, event):
        if event.get("number", 0) < 0:  # the baseline, which is no candidate and always there
            return
        if event.get("read"):
            self._read += 1
        elif event.get("status") == "failed":
            self._failed += 1
        elif event.get("status") == "completed":
            self._trained += 1
        score = event.get("score")
        self._last = f"{event.get('name')}: {event.get('status')}" if score is None else f"{event.get('name')}: {score:.6g}"

    def _line(self):
        parts = [self._stage, f"{self._trained} trials trained, {self._read} read"]
        if self._failed:
            parts.append(f"{self._failed} failed")
        if self._best and self._best[0]:
            score = self._best[1]
            parts.append(f"best: {self._best[0]}" + ("" if score is None else f", {score:.6g}"))
        elif self._last:
            parts.append(self._last)
        parts.append(f"{self._seconds:.0f} s")
        return " \u00b7 ".join(parts)

    def _show(self, last=False):
        now = time.monotonic()
        if not last and now - self._shown < (0.3 if self._handle else 1.0):
            return
        self._shown = now
        line = self._line()
        if self._handle:
            self._handle.update({"text/html": f"<p>{html.escape(line)}</p>", "text/plain": line}, raw=True)
        elif line != self._printed:
            print(line.encode("ascii", "backslashreplace").decode() if _ascii_only() else line, file=sys.stderr)
            self._printed = line

    def close(self):
        """Show the last line."""
        self._show(last=True)


def _ascii_only():
    return (sys.stderr.encoding or "ascii").lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")


def _notebook_handle():
    """Return a display handle in a Jupyter kernel, else None."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display({"text/plain": "Starting"}, raw=True, display_id=True)
