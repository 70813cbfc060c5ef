/* Python source for notebook cells: JSON values as Python literals, and ranges as the classes of pilotage.parameters. Texts
 * pass text_append_python, so that no value of the data ends a literal or a comment. */
#ifndef NOTEBOOK_PYTHON_CODE_H
#define NOTEBOOK_PYTHON_CODE_H

#include "base/json.h"

/* Appends `value` as a literal that evaluates to the same document. `indent` is that of the line it starts on; `column` is
 * where on that line it starts. What does not fit in 100 columns is broken into lines. */
void python_append_value(text_buffer *b, const json_t *value, int indent, int column);

/* A range of plan.json as IntegerParameter(...), ContinuousParameter(...) or CategoricalParameter(...); any other shape as a
 * literal. */
void python_append_range(text_buffer *b, const json_t *range, int indent, int column);

/* True for [A-Za-z_][A-Za-z0-9_]*: what may stand as a keyword argument (Python's keywords are left to the caller). */
bool python_is_name(const char *name);

#endif
