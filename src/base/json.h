/* JSON on jansson: strict reading, canonical writing, and the few helpers that make reading a document short. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/text.h"

/* Reads one value; duplicate keys are refused. `name` is what the message calls the text (a file's path). */
ptg_status json_read(text t, const char *name, json_t **out, ptg_error *err);
ptg_status json_read_file(const char *path, json_t **out, ptg_error *err);

/* Writes a value. Numbers are the shortest text that reads back the same double; NaN and infinities become null. `sorted`
 * orders keys bytewise (canonical); else they stay in the order of insertion. indent 0 gives one line. */
void json_write(text_buffer *b, const json_t *value, int indent, bool sorted);
/* Canonical text without blanks, for keys and hashes. Caller frees with mem_free; NULL when out of memory. */
char *json_canonical(const json_t *value);

/* A real that may be NaN or infinite: those become null. Never NULL but when out of memory. */
json_t *json_number(double value);
json_t *json_text(text t);                                          /* missing is null; invalid UTF-8 and NUL become U+FFFD */
double json_number_value_or(const json_t *value, double otherwise); /* integers and reals */
const char *json_text_or(const json_t *object, const char *key, const char *otherwise);
int64_t json_integer_or(const json_t *object, const char *key, int64_t otherwise);
double json_real_or(const json_t *object, const char *key, double otherwise);
bool json_bool_or(const json_t *object, const char *key, bool otherwise);

/* Fails with "PATH: unknown key 'x'" when `object` has a key that is not in the NULL-terminated list. */
ptg_status json_only_keys(const json_t *object, const char *path, const char *const keys[], ptg_error *err);
/* A member of a required kind (JSON_REAL: any number; JSON_TRUE: true or false), borrowed; fails with the path inside the
 * document: "plan.json: /tuning/max_trials must be an integer". */
ptg_status json_member(const json_t *object, const char *path, const char *key, json_type type, json_t **out, ptg_error *err);

#endif
