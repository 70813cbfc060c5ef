/* Writing profile.json from what was found (docs/formats/profile.md). */
#ifndef PROFILE_PROFILE_DOCUMENT_H
#define PROFILE_PROFILE_DOCUMENT_H

#include "profile/duplicate_rows.h"
#include "profile/profile.h"

#define CORRELATED_COLUMNS 10

/* All that the document shows beside the facts. */
typedef struct profile_material {
    const frame *f;
    const profile_facts *facts;
    uint64_t seed;
    int32_t sample_rows;
    const int32_t *order; /* all columns: target, features by power, the others */
    int32_t n_features;   /* order[1 ... n_features] (from 0 without a target) are the features */
    duplicate_rows duplicates;
    int32_t n_correlated;
    int32_t correlated[CORRELATED_COLUMNS];
    double correlation[CORRELATED_COLUMNS * CORRELATED_COLUMNS];
} profile_material;

/* New reference in `*out`. Fails only for want of memory. */
ptg_status profile_document_make(const profile_material *p, json_t **out, ptg_error *err);

/* A member of an object; a NULL `value` (want of memory) is remembered in `*failed`. */
void profile_put(json_t *object, const char *key, json_t *value, bool *failed);
/* The same for an array. */
void profile_append(json_t *array, json_t *value, bool *failed);

#endif
