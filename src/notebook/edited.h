/* Notebooks that their reader has edited are set aside, never overwritten. */
#ifndef NOTEBOOK_EDITED_H
#define NOTEBOOK_EDITED_H

#include "base/json.h"

/* To be called before `content` (a notebook) is written to `folder`/`name`: when the cells there are not those that the engine
 * wrote last, the file is renamed to NAME-edited.ipynb (-edited-2 and so on). Records the cells of `content`. */
ptg_status edited_set_aside(const char *folder, const char *name, const text_buffer *content, ptg_error *err);

#endif
