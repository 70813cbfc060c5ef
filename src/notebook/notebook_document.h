/* A Jupyter notebook document, nbformat 4.5: cells with ids that stay the same from one writing to the next, and outputs in
 * place. Its bytes are those that nbformat.write makes of it (indent 1, keys sorted, UTF-8, texts as lists of lines, final line
 * break), so that opening and saving it changes nothing. Source:
 * https://nbformat.readthedocs.io/en/latest/format_description.html */
#ifndef NOTEBOOK_NOTEBOOK_DOCUMENT_H
#define NOTEBOOK_NOTEBOOK_DOCUMENT_H

#include "base/json.h"

typedef struct notebook_document notebook_document;

/* An empty notebook for the kernel python3; NULL when out of memory. */
notebook_document *notebook_new(void);
/* Frees; NULL is fine. */
void notebook_free(notebook_document *n);

/* Adds a Markdown cell. `id` is made valid (letters, digits, - and _, at most 64) and unique. */
ptg_status notebook_add_markdown(notebook_document *n, const char *id, text source, ptg_error *err);

/* Adds a code cell. `bundle` (borrowed, NULL allowed) is a MIME bundle {"text/html": ..., "text/plain": ...} that becomes the
 * result of the cell, as if it had been run. */
ptg_status notebook_add_code(notebook_document *n, const char *id, text source, const json_t *bundle, ptg_error *err);

/* Adds another output to the last cell, a MIME bundle shown beside its result. PTG_ERROR_FAILED when that is no code cell. */
ptg_status notebook_add_display(notebook_document *n, const json_t *bundle, ptg_error *err);

/* Appends the whole document as text. */
ptg_status notebook_write(const notebook_document *n, text_buffer *out, ptg_error *err);

/* A text as it may stand in a notebook: what is no line feed but breaks a line or controls a terminal becomes U+FFFD, and so do
 * bytes that are not UTF-8. NULL when out of memory. */
json_t *notebook_text(text t);

#endif
