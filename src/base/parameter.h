/* Parameters: one table per transformer and algorithm is the only source of help, plan validation, default search ranges,
 * Python signatures and docs. */
#ifndef BASE_PARAMETER_H
#define BASE_PARAMETER_H

#include "base/json.h"
#include "base/memory.h"

typedef enum parameter_type {
    PARAMETER_INTEGER,
    PARAMETER_REAL,
    PARAMETER_BOOLEAN,
    PARAMETER_CHOICE,  /* one of `choices` */
    PARAMETER_TEXT,    /* any text */
    PARAMETER_TEXTS,   /* a list of texts */
    PARAMETER_NUMBERS, /* a list of numbers, or one number */
    PARAMETER_NAMED    /* an object of whole numbers by name */
} parameter_type;

/* One row. Bounds are inclusive and hold for whole numbers, reals and each of a list or an object; both 0 means that there are
 * none, an infinity that this side is open. `standard` is the default as JSON text ("0.1", "null", "\"median\"", "[\"year\"]"):
 * null is allowed exactly where `standard` is null. The range that a plan searches by default is search_min ... search_max on a
 * linear or log scale, or `search_values` (JSON array text); none where searched is false. */
typedef struct parameter {
    const char *name;
    parameter_type type;
    const char *standard;
    double min, max;
    const char *const *choices; /* NULL-terminated, for PARAMETER_CHOICE */
    bool searched;
    double search_min, search_max;
    bool log_scale;
    const char *search_values;
    const char *text; /* one sentence, with unit where there is one */
} parameter;

typedef struct parameter_value {
    bool is_null;
    double number;    /* integer, real, boolean (0/1), choice (index), a list of one number */
    const char *text; /* text and choice */
    int64_t count;    /* lists, objects */
    const double *numbers;
    const char *const *texts; /* also the names of an object */
} parameter_value;

/* Checks a JSON object (NULL: all defaults) against the table and fills one value a row (defaults for what is absent) from the
 * arena. `path` names the object in messages: "plan.json: /candidates/dpp0-xgboost/static". Unknown names are errors that list
 * the nearest one. Whole numbers may be written as 100.0. */
ptg_status parameter_read(const parameter *table, int32_t n, const json_t *object, const char *path, arena *a,
                          parameter_value **out, ptg_error *err);
/* The row of that name, or -1. */
int32_t parameter_find(const parameter *table, int32_t n, const char *name);
/* A row as JSON: {name, type, default, min, max, choices, text, search}; type is integer, real, boolean, choice, text, texts,
 * numbers or named; search is null, {min, max, scale: "log" | "linear"} or {values}. NULL when out of memory. */
json_t *parameter_json(const parameter *row);

#endif
