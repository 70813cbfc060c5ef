/* profile.json: what the model-based checks found. */
#include <math.h>

#include "profile/model_checks.h"
#include "profile/profile_document_parts.h"
#include "profile/repeated_features.h"

/* "score" and "score_se" of a small model, under a name. */
static void put_score(document *d, json_t *out, const char *key, const char *se_key, small_score s)
{
    put_number(d, out, key, s.score);
    put_number(d, out, se_key, s.se);
}

static json_t *column_or_null(document *d, int32_t at)
{
    return at < 0 ? json_null() : document_name(d, at);
}

static json_t *sum_of(document *d, const leak_sum *sum)
{
    if (sum->n == 0) return json_null();
    json_t *out = json_object(), *factors = json_array();
    for (int32_t k = 0; k < sum->n; ++k)
        profile_append(factors, json_number(sum->factor[k]), &d->failed);
    put(d, out, "columns", document_names(d, sum->at, sum->n));
    put(d, out, "factors", factors);
    put_number(d, out, "offset", sum->offset);
    put_number(d, out, "rest", sum->rest);
    return out;
}

static json_t *suspects_of(document *d, const leak_checks *leaks)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < leaks->n_suspects; ++k) {
        const leak_suspect *s = &leaks->suspects[k];
        json_t *row = json_object();
        put(d, row, "column", document_name(d, s->at));
        put(d, row, "kind", word(leak_kind_names[s->kind]));
        put_number(d, row, "measure", s->measure);
        put_number(d, row, "expected", s->expected);
        put_score(d, row, "alone", "alone_se", s->alone);
        put(d, row, "confirmed", json_boolean(s->confirmed));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *leaks_section(document *d, const leak_checks *leaks)
{
    json_t *out = json_object(), *missing = json_array();
    for (int32_t k = 0; k < leaks->n_missing; ++k) {
        json_t *row = json_object();
        put(d, row, "column", document_name(d, leaks->missing[k].at));
        put_number(d, row, "strength", leaks->missing[k].strength);
        put_number(d, row, "share", leaks->missing[k].share);
        profile_append(missing, row, &d->failed);
    }
    put_score(d, out, "with", "with_se", leaks->with);
    put_score(d, out, "without", "without_se", leaks->without);
    put(d, out, "suspects", suspects_of(d, leaks));
    put(d, out, "sum", sum_of(d, &leaks->sum));
    put(d, out, "missing", missing);
    return out;
}

static json_t *orders_section(document *d, const order_checks *order)
{
    json_t *out = json_object(), *orders = json_array();
    for (int32_t k = 0; k < order->n; ++k) {
        json_t *row = json_object();
        put(d, row, "column", column_or_null(d, order->orders[k].at));
        put_number(d, row, "rank", order->orders[k].rank);
        put_score(d, row, "alone", "alone_se", order->orders[k].alone);
        put_score(d, row, "with", "with_se", order->orders[k].with);
        profile_append(orders, row, &d->failed);
    }
    put_score(d, out, "base", "base_se", order->base);
    put(d, out, "orders", orders);
    put(d, out, "sorted", json_boolean(order->sorted));
    put_number(d, out, "sorted_measure", order->sorted_measure);
    return out;
}

static json_t *groups_section(document *d, const split_checks *splits)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < splits->n_groups; ++k) {
        const group_fact *g = &splits->groups[k];
        json_t *row = json_object();
        put(d, row, "column", document_name(d, g->at));
        put_count(d, row, "groups", g->groups);
        put_number(d, row, "size", g->size);
        put_number(d, row, "likeness", g->likeness);
        put_score(d, row, "random", "random_se", g->random);
        put_score(d, row, "grouped", "grouped_se", g->grouped);
        put_score(d, row, "random_others", "random_others_se", g->random_others);
        put_score(d, row, "grouped_others", "grouped_others_se", g->grouped_others);
        put(d, row, "found", json_boolean(g->found));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *times_section(document *d, const split_checks *splits)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < splits->n_times; ++k) {
        const time_fact *t = &splits->times[k];
        json_t *row = json_object();
        put(d, row, "column", column_or_null(d, t->at));
        put_score(d, row, "random", "random_se", t->random);
        put_score(d, row, "forward", "forward_se", t->forward);
        put(d, row, "found", json_boolean(t->found));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *noise_section(document *d, const label_noise *noise)
{
    if (!noise->measured) return json_null();
    json_t *out = json_object(), *fifths = json_array();
    for (int k = 0; k < 3; ++k)
        profile_append(fifths, json_number(noise->fifth[k]), &d->failed);
    put_number(d, out, "rate", noise->rate);
    put(d, out, "fifths", fifths);
    put_count(d, out, "suspects", noise->n_suspects);
    put(d, out, "found", json_boolean(noise->found));
    return out;
}

static json_t *drift_section(document *d, const drift_check *drift, bool in_time)
{
    if (!drift->made) return json_null();
    json_t *out = json_object(), *columns = json_array();
    for (int32_t k = 0; k < drift->n_columns; ++k) {
        json_t *row = json_object();
        put(d, row, "column", document_name(d, drift->columns[k].at));
        put_number(d, row, "difference", drift->columns[k].difference);
        put_number(d, row, "auc", drift->columns[k].auc);
        profile_append(columns, row, &d->failed);
    }
    if (in_time) put(d, out, "by", drift->by >= 0 ? document_name(d, drift->by) : json_null());
    put_count(d, out, in_time ? "first_rows" : "rows", drift->rows[0]);
    put_count(d, out, in_time ? "last_rows" : "validation_rows", drift->rows[1]);
    put_number(d, out, "auc", drift->auc);
    put_number(d, out, "auc_se", drift->se);
    put(d, out, "columns", columns);
    return out;
}

static json_t *repeated_section(document *d)
{
    const repeated_features *r = d->p->facts->conflicts;
    if (r == NULL) return json_null();
    json_t *out = json_object();
    put_count(d, out, "features", r->n_features);
    put_count(d, out, "copies", r->copies);
    put_count(d, out, "conflicting", r->conflicting);
    put_count(d, out, "minority", r->minority);
    put(d, out, "natural", json_boolean(r->natural));
    return out;
}

json_t *document_checks(document *d)
{
    const model_checks *checks = d->p->facts->checks;
    if (checks == NULL) return json_null();
    const bool target = checks->rows > 0;
    json_t *out = json_object();
    put_count(d, out, "rows", checks->rows);
    put_count(d, out, "columns", checks->columns);
    put_score(d, out, "score", "score_se", checks->score);
    put(d, out, "repeated", repeated_section(d));
    put(d, out, "leaks", target ? leaks_section(d, &checks->leaks) : json_null());
    put(d, out, "order", target ? orders_section(d, &checks->order) : json_null());
    put(d, out, "groups", groups_section(d, &checks->splits));
    put(d, out, "times", times_section(d, &checks->splits));
    put(d, out, "label_noise", noise_section(d, &checks->noise));
    put(d, out, "drift", drift_section(d, &checks->drift, false));
    put(d, out, "drift_time", drift_section(d, &checks->drift_time, true));
    return out;
}

json_t *document_anomalies(document *d)
{
    const model_checks *checks = d->p->facts->checks;
    if (checks == NULL || checks->anomalies.n == 0) return json_null();
    const anomalies *a = &checks->anomalies;
    json_t *out = json_object(), *rows = json_array();
    for (int32_t k = 0; k < a->n; ++k) {
        json_t *row = json_object();
        put_count(d, row, "row", a->top[k].row);
        put_number(d, row, "score", a->top[k].score);
        put_count(d, row, "outliers", a->top[k].n_outside);
        put(d, row, "cells", document_cells(d, d->p->order, a->top[k].row));
        profile_append(rows, row, &d->failed);
    }
    put_count(d, out, "scored", a->rows);
    put_count(d, out, "features", a->columns);
    put(d, out, "columns", document_names(d, d->p->order, d->p->facts->n_columns));
    put(d, out, "rows", rows);
    return out;
}
