"""Declarations of libpilotage for ctypes. Written by tools/generate_binding.py from include/pilotage/*.h; do not edit."""

import ctypes

# ruff: noqa: E501

OK = 0
FAILED = 1
USAGE = 2
DATA = 3
MEMORY = 4
IO = 5
FORMAT = 6
LIBRARY = 7
LIMIT = 8
STOPPED = 9
ERROR_SIZE = 400


class Error(ctypes.Structure):
    """`ptg_error`: owned by the caller."""

    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * ERROR_SIZE)]


# Name: (result, arguments).
FUNCTIONS = {
    # Starts a table of `n_rows` rows. Since 0.1.
    "ptg_table_new": (ctypes.c_int, (ctypes.c_int64, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Adds a column of numbers, `n_rows` values, copied; NaN is missing. `type` is "numeric" or "datetime" (seconds since
    # 1970-01-01 UTC). Since 0.1.
    "ptg_table_add_numbers": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(Error),)),
    # Adds a column of texts: UTF-8 in `bytes`, cell i from offsets[i] to offsets[i + 1]; missing[i] nonzero means missing
    # (missing may be NULL). `type` is "categorical", "text", or NULL to find it. Copied. Since 0.1.
    "ptg_table_add_texts": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_uint8), ctypes.POINTER(Error),)),
    # Writes the table as a frame file, which every command takes like a CSV file. No columns may be added after. Since 0.1.
    "ptg_table_save": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # Frees; NULL is fine. Since 0.1.
    "ptg_table_free": (None, (ctypes.c_void_p,)),
    # Starts a job. `request` is a JSON object: "command" is "run", "plan", "tune" or "profile"; "table" (a path) or "job" (a
    # folder); every option of the command line by its long name with _ for - ("target", "time_limit", "max_trials", ...);
    # "notebooks": false leaves the job's notebooks as they are. A wrong request fails here with PTG_ERROR_USAGE and writes
    # nothing. Since 0.1.
    "ptg_job_start": (ctypes.c_int, (ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Waits at most `timeout_ms` for the next event. `*event` is a JSON text that the caller frees with ptg_text_free, or NULL
    # when none came; `*finished` becomes 1 when the job has ended and no event is left. Since 0.1.
    "ptg_job_wait": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int), ctypes.POINTER(Error),)),
    # Asks the job to stop; it keeps what is done, and the best model so far. Safe from any thread. Since 0.1.
    "ptg_job_stop": (None, (ctypes.c_void_p,)),
    # Waits for the end, frees the job (also on failure) and returns its outcome: PTG_OK when a model (or plan) was written,
    # else the error that ended it. `*exit_status` is the status that the command would end with. Since 0.1.
    "ptg_job_end": (ctypes.c_int, (ctypes.c_void_p, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(Error),)),
    # The leaderboard of a job folder as a JSON array, best first; all != 0: a row a trial. Since 0.1.
    "ptg_job_leaderboard": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # A document of a job folder as JSON text: "job", "plan", "profile", "findings" or "shapes" (PTG_ERROR_USAGE where no
    # additive candidate is trained). Since 0.1.
    "ptg_job_document": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Replaces the plan of a job by a whole document, after checking it. The notebooks stay; ptg_notebook_write brings them up
    # to date. Since 0.1.
    "ptg_plan_edit": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # Sets one value of the plan: `path` is dotted, with names that hold dots in quotes (columns."emp.var.rate".type), or an
    # RFC 6901 pointer; `value` is JSON, or a bare word. Where it changes how a column is read or used, the pipelines follow:
    # the column gets the steps that a new plan would give it. The whole plan is checked before it is written. The notebooks
    # stay; ptg_notebook_write brings them up to date. Since 0.1.
    "ptg_plan_set": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # Applies fixes of the job's findings to its plan, in the order of findings.json: `which` is "all", "high", or findings by
    # name, separated by commas (ID, or ID:COLUMN for one column's). Each fix is applied wholly, if the plan still is as the
    # finding saw it and can be run afterwards, or not at all. `*json` is an array of {"id", "columns", "state", "text"},
    # state "applied", "already" (the plan is so) or "refused" with the reason; the caller frees it with ptg_text_free.
    # PTG_ERROR_USAGE for a name that is no finding, or that the job has no fix for: then nothing is changed. The notebooks
    # stay; ptg_notebook_write brings them up to date. Since 0.1.
    "ptg_plan_apply_fixes": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Analyses the table of a job again under other settings. `settings` is a JSON object; members that are left out stay as
    # they are, null goes back to what was found: "sample_rows" (random rows shown), "thresholds" ({FINDING: number}), "types"
    # ({COLUMN: type}), "missing_tokens" ({COLUMN: [text, ...]}), "formats" ({COLUMN: the format of dates whose day and month
    # can change places}). profile.json, findings.json and job.json ("analysis") are written again where something changes,
    # and plan.json: made anew if nobody edited it, else with the types and tokens that were turned. The notebooks stay.
    # PTG_ERROR_USAGE when a name or value is wrong, PTG_ERROR_DATA when the table is refused that way; then nothing changes.
    # Since 0.1.
    "ptg_analysis_configure": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # One section of the data exploration notebook as a JSON MIME bundle ("text/html", "text/plain"): see
    # docs/formats/profile.md. Since 0.1.
    "ptg_notebook_section": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Writes both notebooks of a job again from its documents. `candidate` (NULL allowed) stands first in the candidate
    # notebook. Since 0.1.
    "ptg_notebook_write": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # Writes the data exploration of a job as one HTML page to `path`, replaced by rename: what the notebook shows, without
    # script and without anything to load, in light and dark. Since 0.1.
    "ptg_notebook_page": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # What every compute target runs: takes work items for the job from `input` and answers on `output` (file descriptors)
    # until the input ends. Since 0.1.
    "ptg_worker_run": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.POINTER(Error),)),
    # Opens a model file (best.ptg) or the best model of a job folder; `candidate` (NULL allowed) names another row of the
    # job's leaderboard. Since 0.1.
    "ptg_model_open": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Frees; NULL is fine. Since 0.1.
    "ptg_model_free": (None, (ctypes.c_void_p,)),
    # What the model is, as a JSON object: problem_type, target, classes, positive_class, threshold, columns (name, type),
    # members. Since 0.1.
    "ptg_model_describe": (ctypes.c_int, (ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Predicts a file and writes CSV as interface `predict` says, to `output` (a path, or NULL for standard output). `options`
    # is a JSON object or NULL: "keep": [names], "allow_missing": bool. Since 0.1.
    "ptg_model_predict_file": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error),)),
    # Predicts a table in memory: `out` takes n_rows x width values, row-major: regression 1 value; classification one
    # probability a class, in the order of "classes". `labels` (NULL allowed) takes the predicted class number of each row.
    # Since 0.1.
    "ptg_model_predict_table": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(Error),)),
    # Everything registered, as one JSON object: "transformers", "algorithms", "metrics", "findings", "instances", each an
    # array of objects with "name", "text" and, where there are any, "parameters". Since 0.1.
    "ptg_registry": (ctypes.c_int, (ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # Help text for one transformer, algorithm, metric or finding; PTG_ERROR_USAGE when there is no such name. Since 0.1.
    "ptg_help": (ctypes.c_int, (ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(Error),)),
    # The library's version, "0.1.0". Static text. Since 0.1.
    "ptg_version": (ctypes.c_char_p, ()),
    # Frees a text that a function of this library handed over; NULL is fine. Since 0.1.
    "ptg_text_free": (None, (ctypes.c_void_p,)),
}
