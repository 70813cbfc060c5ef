/* Libraries that are loaded at run time (XGBoost, LightGBM, OpenBLAS): where they are looked for, and how their functions get
 * into a table. Nothing of ours links them, so that the engine runs without them and says which one is missing and how to get
 * it. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* What is looked for, in this order: the file named by the environment variable (then nothing else is tried); each of
 * `site_paths` beneath each known site-packages folder (PILOTAGE_SITE_PACKAGES, the one that holds this program or library,
 * that of a development build); each of `sonames` by the system's own search. Lists end with NULL. */
typedef struct library_search {
    const char *name;              /* in messages: "XGBoost" */
    const char *advice;            /* what to do when it is missing: "install the Python package xgboost-cpu" */
    const char *variable;          /* environment variable that names the file */
    const char *const *site_paths; /* "xgboost/lib/libxgboost.so" */
    const char *const *sonames;    /* "libxgboost.so" */
} library_search;

/* An open library. It stays open to the end of the process: libraries with threads of their own must not be unloaded. */
typedef struct library {
    void *handle;
    char *path; /* the file or soname that was opened; of mem_array, owned by the caller */
} library;

/* Opens with RTLD_NOW | RTLD_LOCAL. PTG_ERROR_LIBRARY names what was tried, or the dependency that is missing (libgomp.so.1),
 * and the advice. */
ptg_status library_open(const library_search *search, library *out, ptg_error *err);

/* One function of a table: its name, and the offset of its pointer in the struct that is filled. */
typedef struct library_function {
    const char *name;
    size_t offset;
} library_function;

/* Fills `table` (a struct of function pointers) with all `n` functions; PTG_ERROR_LIBRARY names the first that is missing. */
ptg_status library_bind(const library *l, const library_search *search, const library_function *functions, int32_t n,
                        void *table, ptg_error *err);

#endif
