/* What a reader may turn in the analysis, as job.json records it under "analysis":
 * {"sample_rows": N, "thresholds": {FINDING: number}, "types": {COLUMN: type}, "missing_tokens": {COLUMN: [text, ...]}}. Only
 * what differs from what the engine found or decided is in it, so that equal settings are equal documents. */
#ifndef JOB_ANALYSIS_KNOBS_H
#define JOB_ANALYSIS_KNOBS_H

#include "base/json.h"
#include "table/frame.h"

/* The settings before anybody turned one. New reference; NULL when out of memory. */
json_t *knobs_new(void);

/* `recorded` (NULL: knobs_new) with the changes of a caller: the same members, those that are left out stay, a null goes back
 * to what was found. `found` is the frame as it was read. PTG_ERROR_USAGE names the member, finding or column that is wrong. */
ptg_status knobs_merge(const json_t *recorded, const json_t *changes, const frame *found, json_t **out, ptg_error *err);

/* Whether a type or missing tokens are set. */
bool knobs_retype(const json_t *knobs);
/* The frame with the types and tokens of the settings. */
ptg_status knobs_frame(const json_t *knobs, const frame *found, frame **out, ptg_error *err);

/* For profile.json: {"sample_rows", "thresholds": {FINDING: in force}, "changed": [{"knob", "name", "found", "now"}]}. New
 * reference; NULL when out of memory. */
json_t *knobs_describe(const json_t *knobs, const frame *found);

#endif
