"""Run a command and say what it took: timed.py LIMIT OUTPUT COMMAND...

A process of its own with few imports, since the peak of memory that the kernel reports of a command begins with what its parent had. The
command's words go to OUTPUT; seconds, processor seconds, peak in MB and exit status are printed as JSON. Beyond LIMIT seconds it is ended.
"""

import json
import os
import signal
import sys
import time


def main(limit, output, *command):
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.execv(command[0], command)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, usage = os.wait4(child, 0)
    about = {
        "seconds": round(time.monotonic() - started, 3),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "status": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(about))


if __name__ == "__main__":
    main(*sys.argv[1:])
