/* profile.json: which columns go together, and which are missing together. */
#include <math.h>

#include "profile/associations.h"
#include "profile/missing_patterns.h"
#include "profile/profile_document_parts.h"

static json_t *pair_of(document *d, const association *p)
{
    json_t *out = json_object(), *columns = json_array();
    profile_append(columns, document_name(d, p->a), &d->failed);
    profile_append(columns, document_name(d, p->b), &d->failed);
    put(d, out, "columns", columns);
    put_number(d, out, "strength", p->strength);
    put_number(d, out, "pearson", p->pearson);
    put_number(d, out, "spearman", p->spearman);
    put_number(d, out, "cramer", p->cramer);
    put_number(d, out, "ratio", p->ratio);
    put_number(d, out, "information", p->information);
    return out;
}

json_t *document_associations(document *d)
{
    const associations *found = d->p->facts->associations;
    json_t *out = json_object(), *pairs = json_array(), *matrix = json_array();
    for (int32_t k = 0; k < found->n; ++k)
        profile_append(pairs, pair_of(d, &found->pairs[k]), &d->failed);
    for (int32_t a = 0; a < found->n_matrix; ++a) {
        json_t *row = json_array();
        for (int32_t b = 0; b < found->n_matrix; ++b)
            profile_append(row, json_number(found->matrix[a * found->n_matrix + b]), &d->failed);
        profile_append(matrix, row, &d->failed);
    }
    put_count(d, out, "rows", found->rows);
    put_count(d, out, "compared", found->columns);
    put(d, out, "pairs", pairs);
    put(d, out, "columns", document_names(d, found->matrix_columns, found->n_matrix));
    put(d, out, "matrix", matrix);
    return out;
}

static json_t *pattern_of(document *d, const missing_patterns *m, const missing_pattern *p)
{
    json_t *out = json_object(), *columns = json_array();
    for (int32_t k = 0; k < m->n_columns; ++k) {
        if (p->columns >> k & 1) profile_append(columns, document_name(d, m->columns[k]), &d->failed);
    }
    put(d, out, "columns", columns);
    put_count(d, out, "rows", p->rows);
    put_number(d, out, "share", share(p->rows, d->p->facts->n_rows));
    return out;
}

json_t *document_missing_patterns(document *d)
{
    const missing_patterns *m = d->p->facts->missing;
    json_t *out = json_object(), *patterns = json_array(), *pairs = json_array();
    for (int32_t k = 0; k < m->n; ++k)
        profile_append(patterns, pattern_of(d, m, &m->top[k]), &d->failed);
    for (int32_t k = 0; k < m->n_pairs; ++k) {
        json_t *row = json_object(), *columns = json_array();
        profile_append(columns, document_name(d, m->columns[m->pairs[k].a]), &d->failed);
        profile_append(columns, document_name(d, m->columns[m->pairs[k].b]), &d->failed);
        put(d, row, "columns", columns);
        put_number(d, row, "phi", m->pairs[k].phi);
        profile_append(pairs, row, &d->failed);
    }
    put_count(d, out, "distinct", m->n_distinct);
    put(d, out, "patterns", patterns);
    put(d, out, "pairs", pairs);
    return out;
}
