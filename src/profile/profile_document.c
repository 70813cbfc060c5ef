/* profile.json, section by section, in the order of docs/formats/profile.md. A failing allocation anywhere sets one flag that
 * is looked at once at the end. */
#include "profile/profile_document_parts.h"

#include <math.h>

#include "base/random.h"
#include "numeric/task.h"
#include "profile/target_groups.h"

#define OUTLIER_ROWS 10

void profile_put(json_t *object, const char *key, json_t *value, bool *failed)
{
    if (json_object_set_new(object, key, value) != 0) *failed = true;
}

void profile_append(json_t *array, json_t *value, bool *failed)
{
    if (json_array_append_new(array, value) != 0) *failed = true;
}

json_t *document_name(const document *d, int32_t column_at)
{
    return json_text(frame_column(d->p->f, column_at)->name);
}

json_t *document_cells(document *d, const int32_t *columns, int64_t row)
{
    json_t *cells = json_array();
    for (int32_t k = 0; k < d->p->facts->n_columns; ++k) {
        char scratch[64];
        profile_append(cells, document_cell(frame_cell(d->p->f, columns == NULL ? k : columns[k], row, scratch)), &d->failed);
    }
    return cells;
}

json_t *document_names(document *d, const int32_t *columns, int32_t n)
{
    json_t *names = json_array();
    for (int32_t k = 0; k < n; ++k)
        profile_append(names, document_name(d, columns == NULL ? k : columns[k]), &d->failed);
    return names;
}

static json_t *type_counts(document *d)
{
    json_t *types = json_array();
    const int32_t n_columns = d->p->facts->n_columns;
    for (int type = 0; type < 5; ++type) {
        int64_t count = 0;
        for (int32_t k = 0; k < n_columns; ++k)
            count += frame_column(d->p->f, k)->type == (column_type)type;
        json_t *row = json_object();
        put(d, row, "type", word(column_type_names[type]));
        put_count(d, row, "count", count);
        put_number(d, row, "share", share(count, n_columns));
        profile_append(types, row, &d->failed);
    }
    return types;
}

static json_t *dialect(document *d)
{
    const frame_dialect *read = frame_dialect_of(d->p->f);
    if (read->reason.size == 0) return json_null(); /* no file was looked at */
    json_t *out = json_object();
    put(d, out, "delimiter", json_text((text){.data = &read->delimiter, .size = 1}));
    put(d, out, "decimal_mark", json_text((text){.data = &read->decimal_mark, .size = 1}));
    put(d, out, "format", json_text(read->format));
    put(d, out, "quoted", json_boolean(read->quoted));
    put(d, out, "quote", json_text((text){.data = &read->quote, .size = 1}));
    put(d, out, "backslash", json_boolean(read->backslash));
    put(d, out, "padded", json_boolean(read->padded));
    put(d, out, "header", json_boolean(read->header));
    put(d, out, "trailing", json_boolean(read->trailing));
    put(d, out, "comment", read->comment ? json_text((text){.data = &read->comment, .size = 1}) : json_null());
    put_count(d, out, "comment_lines", read->n_comments);
    put_count(d, out, "blank_lines", read->n_blank_lines);
    put_count(d, out, "nul_bytes", read->n_nul);
    put_count(d, out, "broken_bytes", read->n_broken);
    put(d, out, "line_ends", json_text(read->line_ends));
    put(d, out, "encoding", json_text(read->encoding));
    put(d, out, "compression", json_text(read->compression));
    put(d, out, "reason", json_text(read->reason));
    put(d, out, "encoding_reason", json_text(read->encoding_reason));
    return out;
}

/* Columns that bear another name than in the file. */
static json_t *renamed(document *d)
{
    json_t *out = json_array();
    int32_t n = 0;
    const frame_renamed *list = frame_renamed_columns(d->p->f, &n);
    for (int32_t k = 0; k < n; ++k) {
        json_t *row = json_object();
        put(d, row, "name", json_text(list[k].name));
        put(d, row, "original", json_text(list[k].original));
        put_count(d, row, "place", list[k].place);
        profile_append(out, row, &d->failed);
    }
    return out;
}

/* null where all rows of the file were read. */
static json_t *sample(document *d)
{
    const frame_sample *s = frame_sample_of(d->p->f);
    if (!s->reason.size) return json_null();
    json_t *out = json_object();
    put_count(d, out, "file_rows", s->file_rows);
    put_count(d, out, "kept_rows", s->kept_rows);
    put(d, out, "by_class", json_boolean(s->by_class));
    put(d, out, "reason", json_text(s->reason));
    return out;
}

static json_t *ragged(document *d)
{
    json_t *out = json_object(), *lines = json_array();
    int32_t n = 0;
    const frame_ragged *rows = frame_ragged_rows(d->p->f, &n);
    for (int32_t k = 0; k < n; ++k) {
        json_t *line = json_object();
        put_count(d, line, "line", rows[k].line);
        put_count(d, line, "fields", rows[k].fields);
        profile_append(lines, line, &d->failed);
    }
    put_count(d, out, "count", frame_ragged_count(d->p->f));
    put_count(d, out, "short", frame_dialect_of(d->p->f)->n_short);
    put_count(d, out, "long", frame_dialect_of(d->p->f)->n_long);
    put(d, out, "reason", json_text(frame_dialect_of(d->p->f)->ragged_reason));
    put(d, out, "lines", lines);
    return out;
}

static double missing_feature_share(const profile_facts *facts)
{
    int64_t missing = 0, cells = 0;
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        if (k == facts->target) continue;
        missing += facts->columns[k].statistics.missing;
        cells += facts->n_rows;
    }
    return share(missing, cells);
}

static json_t *table_section(document *d)
{
    const profile_facts *facts = d->p->facts;
    json_t *out = json_object();
    put_count(d, out, "rows", facts->n_rows);
    put_count(d, out, "columns", facts->n_columns);
    put(d, out, "types", type_counts(d));
    put_count(d, out, "duplicate_rows", facts->duplicate_rows);
    put_number(d, out, "duplicate_share", share(facts->duplicate_rows, facts->n_rows));
    put_number(d, out, "missing_feature_share", missing_feature_share(facts));
    const column_statistics *target = facts->target >= 0 ? &facts->columns[facts->target].statistics : NULL;
    put(d, out, "target", target == NULL ? json_null() : document_name(d, facts->target));
    put(d, out, "missing_target_share",
        target == NULL ? json_null() : json_number(share(facts->target_missing, facts->n_rows)));
    put(d, out, "invalid_target_share", target == NULL ? json_null() : json_number(share(target->invalid, facts->n_rows)));
    put(d, out, "dialect", dialect(d));
    put(d, out, "ragged", ragged(d));
    put(d, out, "renamed", renamed(d));
    put(d, out, "sample", sample(d));
    return out;
}

static json_t *problem_section(document *d)
{
    const profile_facts *facts = d->p->facts;
    if (facts->target < 0) return json_null();
    json_t *out = json_object(), *labels = facts->n_classes > 0 ? json_array() : json_null();
    for (int32_t k = 0; k < facts->n_classes; ++k)
        profile_append(labels, json_text(facts->classes[k]), &d->failed);
    put(d, out, "type", word(problem_names[facts->problem]));
    put(d, out, "reason", word(facts->problem_reason));
    put(d, out, "positive_class", facts->positive_class >= 0 ? json_text(facts->classes[facts->positive_class]) : json_null());
    put(d, out, "positive_reason", word(facts->positive_reason));
    put(d, out, "classes", labels);
    return out;
}

static json_t *class_table(document *d)
{
    const profile_facts *facts = d->p->facts;
    if (facts->n_classes == 0) return json_null();
    json_t *out = json_array();
    for (int32_t k = 0; k < facts->n_classes; ++k) {
        json_t *row = json_object();
        put(d, row, "label", json_text(facts->classes[k]));
        put_count(d, row, "count", facts->class_counts[k]);
        put_number(d, row, "share", share(facts->class_counts[k], facts->n_labelled));
        put(d, row, "positive", json_boolean(k == facts->positive_class));
        profile_append(out, row, &d->failed);
    }
    return out;
}

/* Those whose shares stand in the groups of a column. */
static json_t *charted_classes(document *d)
{
    const profile_facts *facts = d->p->facts;
    int32_t shown[GROUP_CLASSES_MOST];
    if (facts->problem != PROBLEM_MULTICLASS) return json_null();
    json_t *out = json_array();
    for (int32_t k = 0, n = target_groups_classes(facts, shown); k < n; ++k)
        profile_append(out, json_text(facts->classes[shown[k]]), &d->failed);
    return out;
}

/* Up to `most` of the listed rows, drawn without replacement (selection sampling: Knuth 3.4.2 S), in their order. */
static json_t *draw_rows(document *d, const int64_t *rows, int64_t n, int64_t most, const char *purpose)
{
    json_t *list = json_array();
    random_stream random = random_of(d->p->seed, purpose);
    int64_t wanted = most < n ? most : n;
    for (int64_t i = 0; i < n && wanted > 0; ++i) {
        if (random_below(&random, n - i) >= wanted) continue;
        const int64_t row = rows == NULL ? i : rows[i];
        json_t *entry = json_object();
        put_count(d, entry, "row", row);
        put(d, entry, "cells", document_cells(d, d->p->order, row));
        profile_append(list, entry, &d->failed);
        --wanted;
    }
    json_t *out = json_object();
    put(d, out, "columns", document_names(d, d->p->order, d->p->facts->n_columns));
    put(d, out, "rows", list);
    return out;
}

static json_t *outlier_rows(document *d)
{
    const profile_facts *facts = d->p->facts;
    const number_summary *s = &facts->columns[facts->target].statistics.numbers;
    int64_t *rows = mem_array(s->outliers, sizeof *rows), n = 0;
    if (rows == NULL) return NULL;
    for (int64_t i = 0; i < facts->n_rows && n < s->outliers; ++i) {
        const double v = facts->target_values[i];
        if (v < s->outlier_low || v > s->outlier_high) rows[n++] = i;
    }
    json_t *out = draw_rows(d, rows, n, OUTLIER_ROWS, "profile/outliers");
    mem_free(rows);
    return out;
}

static json_t *target_section(document *d)
{
    const profile_facts *facts = d->p->facts;
    if (facts->target < 0) return json_null();
    const column *c = frame_column(d->p->f, facts->target);
    const column_statistics *s = &facts->columns[facts->target].statistics;
    const bool regression = facts->problem == PROBLEM_REGRESSION;
    json_t *out = json_object();
    put(d, out, "column", json_text(c->name));
    put(d, out, "type", word(column_type_names[c->type]));
    put_count(d, out, "labelled", facts->n_labelled);
    put_count(d, out, "missing", facts->target_missing);
    put_number(d, out, "missing_share", share(facts->target_missing, facts->n_rows));
    put_count(d, out, "infinite", s->infinite);
    put_count(d, out, "invalid", s->invalid);
    put_number(d, out, "invalid_share", share(s->invalid, facts->n_rows));
    put(d, out, "top_invalid", document_top_invalid(d, c));
    put_count(d, out, "distinct", s->distinct);
    put(d, out, "classes", class_table(d));
    put(d, out, "charted_classes", charted_classes(d));
    put(d, out, "numeric", regression ? document_numeric(d, s) : json_null());
    put(d, out, "outlier_rows", regression ? outlier_rows(d) : json_null());
    return out;
}

static json_t *power_section(document *d)
{
    const profile_facts *facts = d->p->facts;
    json_t *out = json_array();
    for (int32_t k = 0; k < d->p->n_features && facts->target >= 0; ++k) {
        const int32_t at = d->p->order[k + 1];
        const prediction_power *p = &facts->columns[at].power;
        json_t *row = json_object();
        put(d, row, "column", document_name(d, at));
        put_number(d, row, "power", p->power);
        put_number(d, row, "se", p->se);
        put(d, row, "model", word(power_model_names[p->model]));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *duplicates_section(document *d)
{
    const duplicate_rows *found = &d->p->duplicates;
    json_t *out = json_object(), *top = json_array();
    for (int32_t k = 0; k < found->n_top; ++k) {
        const duplicate_group *group = &found->top[k];
        json_t *row = json_object(), *rows = json_array();
        for (int32_t i = 0; i < group->n_rows; ++i)
            profile_append(rows, json_integer(group->rows[i]), &d->failed);
        put_count(d, row, "copies", group->copies);
        put(d, row, "rows", rows);
        put(d, row, "cells", document_cells(d, NULL, group->rows[0]));
        profile_append(top, row, &d->failed);
    }
    put_count(d, out, "count", found->count);
    put_number(d, out, "share", share(found->count, d->p->facts->n_rows));
    put(d, out, "columns", document_names(d, NULL, d->p->facts->n_columns));
    put(d, out, "top", top);
    return out;
}

static json_t *correlation_section(document *d)
{
    const int32_t n = d->p->n_correlated;
    json_t *out = json_object(), *matrix = json_array();
    for (int32_t i = 0; i < n; ++i) {
        json_t *row = json_array();
        for (int32_t j = 0; j < n; ++j)
            profile_append(row, json_number(d->p->correlation[i * n + j]), &d->failed);
        profile_append(matrix, row, &d->failed);
    }
    put(d, out, "columns", document_names(d, d->p->correlated, n));
    put(d, out, "matrix", matrix);
    return out;
}

static int32_t most_missing(const profile_facts *facts, const bool *taken)
{
    int32_t best = -1;
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        const int64_t missing = facts->columns[k].statistics.missing;
        if (!taken[k] && missing > 0 && (best < 0 || missing > facts->columns[best].statistics.missing)) best = k;
    }
    return best;
}

static json_t *missing_section(document *d)
{
    const profile_facts *facts = d->p->facts;
    bool *taken = mem_array(facts->n_columns, sizeof *taken);
    if (taken == NULL) return NULL;
    json_t *out = json_object(), *table = json_array();
    for (int32_t at; (at = most_missing(facts, taken)) >= 0;) {
        const column_statistics *s = &facts->columns[at].statistics;
        json_t *row = json_object();
        put(d, row, "column", document_name(d, at));
        put_count(d, row, "count", s->missing);
        put_number(d, row, "share", share(s->missing, s->rows));
        profile_append(table, row, &d->failed);
        taken[at] = true;
    }
    mem_free(taken);
    put_count(d, out, "columns_with_missing", (int64_t)json_array_size(table));
    put_count(d, out, "columns", facts->n_columns);
    put(d, out, "table", table);
    return out;
}

static json_t *cardinality_section(document *d)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < d->p->facts->n_columns; ++k) {
        const column *c = frame_column(d->p->f, k);
        const column_statistics *s = &d->p->facts->columns[k].statistics;
        const bool words = c->type == COLUMN_TEXT || c->type == COLUMN_SEQUENCE;
        json_t *row = json_object();
        put(d, row, "column", json_text(c->name));
        put(d, row, "type", word(column_type_names[c->type]));
        put_count(d, row, "distinct", s->distinct);
        put(d, row, "distinct_words", words ? json_integer(s->texts.distinct_words) : json_null());
        profile_append(out, row, &d->failed);
    }
    return out;
}

ptg_status profile_document_make(const profile_material *p, json_t **out, ptg_error *err)
{
    document d = {.p = p};
    json_t *root = json_object(), *columns = json_array();
    for (int32_t k = 0; k < p->facts->n_columns; ++k)
        profile_append(columns, document_column(&d, k), &d.failed);
    put_count(&d, root, "version", 1);
    put_count(&d, root, "seed", (int64_t)p->seed);
    put(&d, root, "table", table_section(&d));
    put(&d, root, "problem", problem_section(&d));
    put(&d, root, "target", target_section(&d));
    put(&d, root, "columns", columns);
    put(&d, root, "sample", draw_rows(&d, NULL, p->facts->n_rows, p->sample_rows, "profile/sample"));
    put(&d, root, "power", power_section(&d));
    put(&d, root, "duplicates", duplicates_section(&d));
    put(&d, root, "correlation", correlation_section(&d));
    put(&d, root, "associations", document_associations(&d));
    put(&d, root, "anomalous_rows", document_anomalies(&d));
    put(&d, root, "missing", missing_section(&d));
    put(&d, root, "missing_patterns", document_missing_patterns(&d));
    put(&d, root, "cardinality", cardinality_section(&d));
    put(&d, root, "checks", document_checks(&d));
    if (!d.failed) {
        *out = root;
        return PTG_OK;
    }
    json_decref(root);
    return fail_memory(err);
}
