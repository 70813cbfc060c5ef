/* What every check needs to report: the row of findings.json, severities by bounds, and words for its sentence. */
#include <math.h>

#include "base/number.h"
#include "profile/finding.h"
#include "profile/profile_document.h"
#include "profile/profile_document_parts.h"

const char *const finding_severity_names[3] = {"high", "medium", "low"};

#define NAMES_LISTED 5

finding_severity finding_severity_of(double value, double medium, double high)
{
    return value >= high ? SEVERITY_HIGH : value >= medium ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

/* Three digits, but for nearly all: "100" is said of nothing less. */
const char *finding_percent(double share, finding_word *out)
{
    int digits = 3;
    while (share < 1 && 100 * share >= 100 - 0.5 * pow(10, 2 - digits) && digits < 8)
        ++digits;
    out->data[number_write_short(100 * share, digits, out->data)] = '\0';
    return out->data;
}

const char *finding_number(double value, finding_word *out)
{
    out->data[number_write_short(value, 4, out->data)] = '\0';
    return out->data;
}

const char *finding_name(const finding_context *context, int32_t at, finding_word *out)
{
    return finding_value(frame_column(context->f, at)->name, out);
}

const char *finding_value(text value, finding_word *out)
{
    text_show(value, 80, out->data, sizeof out->data);
    return out->data;
}

void finding_names(const finding_context *context, const int32_t *columns, int32_t n, text_buffer *out)
{
    const int32_t listed = n > NAMES_LISTED + 1 ? NAMES_LISTED : n;
    finding_word name;
    for (int32_t i = 0; i < listed; ++i) {
        const char *before = i == 0 ? "" : i + 1 == n ? " and " : ", ";
        text_print(out, "%s'%s'", before, finding_name(context, columns[i], &name));
    }
    if (n > listed) text_print(out, " and %d more", (int)(n - listed));
}

static json_t *column_names(const finding_context *context, const finding *found, bool *failed)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < found->n_columns; ++k)
        profile_append(out, json_text(frame_column(context->f, found->columns[k])->name), failed);
    return out;
}

/* {"row", "cells": [a cell for each of the finding's columns]}, ... */
static json_t *example_rows(const finding_context *context, const finding *found, bool *failed)
{
    json_t *out = json_array();
    for (int32_t i = 0; i < found->n_rows && i < FINDING_ROWS; ++i) {
        json_t *row = json_object(), *cells = json_array();
        for (int32_t k = 0; k < found->n_columns; ++k) {
            char scratch[64];
            profile_append(cells, document_cell(frame_cell(context->f, found->columns[k], found->rows[i], scratch)), failed);
        }
        profile_put(row, "row", json_integer(found->rows[i]), failed);
        profile_put(row, "cells", cells, failed);
        profile_append(out, row, failed);
    }
    return out;
}

ptg_status finding_report(const finding_context *context, const finding_kind *kind, finding *found, ptg_error *err)
{
    bool failed = found->failed || found->text.failed;
    const bool mended = found->fix != NULL && context->facts->target >= 0;
    json_t *row = json_object();
    profile_put(row, "id", json_string(kind->id), &failed);
    profile_put(row, "severity", json_string(finding_severity_names[found->severity]), &failed);
    profile_put(row, "columns", column_names(context, found, &failed), &failed);
    profile_put(row, "rows", example_rows(context, found, &failed), &failed);
    profile_put(row, "value", json_number(found->value), &failed);
    profile_put(row, "threshold", json_number(kind->threshold), &failed);
    profile_put(row, "text", json_text(text_of(found->text.data)), &failed);
    profile_put(row, "advice", json_text(text_of(kind->advice)), &failed);
    profile_put(row, "fix", mended ? json_incref(found->fix) : json_null(), &failed);
    profile_append(context->out, row, &failed);
    finding_clear(found);
    return failed ? fail_memory(err) : PTG_OK;
}
