/* The section of one column in profile.json: its cells counted, and what its type adds. */
#include "profile/language.h"
#include "profile/profile_document_parts.h"
#include "profile/target_groups.h"
#include "table/datetime.h"

#define CELL_LENGTH 200

/* Bytes of the first `most` code points. */
static int64_t cut_at(text t, int64_t most)
{
    int64_t at = 0;
    for (int64_t n = 0; at < t.size; ++at) {
        if (((unsigned char)t.data[at] & 0xc0) != 0x80 && n++ == most) break;
    }
    return at;
}

json_t *document_cell(text t)
{
    const int64_t size = cut_at(t, CELL_LENGTH);
    if (size == t.size) return json_text(t);
    text_buffer b = {0};
    text_append_span(&b, (text){.data = t.data, .size = size});
    text_append(&b, "…");
    json_t *out = b.failed ? NULL : json_text((text){.data = b.data, .size = b.size});
    text_buffer_clear(&b);
    return out;
}

static json_t *bars(document *d, const number_summary *s)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < s->n_bars; ++k) {
        const histogram_bar *bar = &s->bars[k];
        json_t *row = json_object();
        put_number(d, row, "low", bar->low);
        put_number(d, row, "high", bar->high);
        put_count(d, row, "count", bar->count);
        put_number(d, row, "mean", bar->mean);
        put(d, row, "outliers", json_boolean(bar->outliers));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *quantiles(document *d, const number_summary *s)
{
    static const char *const names[N_QUANTILES] = {"p01", "p05", "p25", "p50", "p75", "p95", "p99"};
    json_t *out = json_object();
    for (int k = 0; k < N_QUANTILES; ++k)
        put_number(d, out, names[k], s->quantiles[k]);
    return out;
}

json_t *document_numeric(document *d, const column_statistics *statistics)
{
    const number_summary *s = &statistics->numbers;
    json_t *out = json_object();
    put_count(d, out, "count", s->count);
    put_count(d, out, "infinite", statistics->infinite);
    put(d, out, "integers", json_boolean(s->integers));
    put_count(d, out, "zeros", s->zeros);
    put_count(d, out, "negatives", s->negatives);
    const struct {
        const char *key;
        double value;
    } reals[] = {{"mean", s->mean},
                 {"sd", s->sd},
                 {"min", s->min},
                 {"max", s->max},
                 {"median", s->quantiles[QUANTILE_P50]},
                 {"skew", s->skew},
                 {"kurtosis", s->kurtosis},
                 {"rstd", s->rstd},
                 {"outlier_low", s->outlier_low},
                 {"outlier_high", s->outlier_high}};
    for (size_t k = 0; k < sizeof reals / sizeof reals[0]; ++k)
        put_number(d, out, reals[k].key, reals[k].value);
    put(d, out, "quantiles", quantiles(d, s));
    put_count(d, out, "outliers", s->outliers);
    put_number(d, out, "outlier_share", share(s->outliers, s->count));
    put(d, out, "histogram", bars(d, s));
    return out;
}

static json_t *language_list(document *d, const text_summary *s)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < s->n_languages; ++k) {
        const language *found = &languages[s->languages[k].language];
        json_t *row = json_object();
        put(d, row, "code", word(found->code));
        put(d, row, "name", word(found->name));
        put_count(d, row, "count", s->languages[k].cells);
        put_number(d, row, "share", share(s->languages[k].cells, s->language_decided));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *top_words(document *d, const text_summary *s)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < s->n_top_words; ++k) {
        json_t *row = json_object();
        put(d, row, "value", document_cell(s->top_words[k].value));
        put_count(d, row, "count", s->top_words[k].count);
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *text_part(document *d, const column_statistics *s)
{
    json_t *out = json_object();
    const text_summary *t = &s->texts;
    put(d, out, "language", word(t->language < 0 ? "unknown" : languages[t->language].code));
    put(d, out, "language_name", word(t->language < 0 ? "unknown" : languages[t->language].name));
    put_count(d, out, "language_cells", t->language_decided);
    put(d, out, "languages", language_list(d, t));
    put_count(d, out, "words_min", t->words_min);
    put_number(d, out, "words_mean", s->texts.words_mean);
    put_count(d, out, "words_max", s->texts.words_max);
    put_count(d, out, "distinct_words", s->texts.distinct_words);
    put_number(d, out, "length_mean", s->texts.length_mean);
    put_count(d, out, "length_min", s->texts.length_min);
    put_count(d, out, "length_max", s->texts.length_max);
    put_number(d, out, "single_token_share", s->texts.single_token_share);
    put_number(d, out, "digit_share", t->digit_share);
    put_number(d, out, "upper_share", t->upper_share);
    put_number(d, out, "punctuation_share", t->punctuation_share);
    put_number(d, out, "non_ascii_share", t->non_ascii_share);
    put(d, out, "top_words", top_words(d, t));
    return out;
}

static json_t *moment_text(double seconds, bool with_time)
{
    char iso[40];
    const int size = datetime_write(seconds, with_time, iso);
    return size > 0 ? json_text((text){.data = iso, .size = size}) : json_null();
}

static json_t *gap_list(document *d, const column_statistics *s)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < s->rhythm.n_shown; ++k) {
        const rhythm_gap *gap = &s->rhythm.gaps[k];
        json_t *row = json_object();
        put(d, row, "from", moment_text(gap->from, s->has_time));
        put(d, row, "to", moment_text(gap->to, s->has_time));
        put_number(d, row, "days", (gap->to - gap->from) / 86400);
        put_number(d, row, "steps", gap->steps);
        profile_append(out, row, &d->failed);
    }
    return out;
}

/* Null where the range is too short for them. */
static json_t *count_list(document *d, bool shown, const int64_t *counts, int n)
{
    if (!shown) return json_null();
    json_t *out = json_array();
    for (int k = 0; k < n; ++k)
        profile_append(out, json_integer(counts[k]), &d->failed);
    return out;
}

/* "hourly", "every 30 minutes"; null without a regular step. */
static json_t *period_words(const date_rhythm *r)
{
    if (r->unit < 0) return json_null();
    if (r->every == 1) return word(rhythm_units[r->unit].regular);
    char words[64];
    snprintf(words, sizeof words, "every %lld %ss", (long long)r->every, rhythm_units[r->unit].name);
    return word(words);
}

static void put_rhythm(document *d, json_t *out, const column_statistics *s)
{
    const date_rhythm *r = &s->rhythm;
    put_count(d, out, "moments", r->moments);
    put(d, out, "period", period_words(r));
    put(d, out, "unit", word(r->unit < 0 ? NULL : rhythm_units[r->unit].name));
    put_count(d, out, "every", r->every);
    put_number(d, out, "usual_step", r->usual_step);
    put_number(d, out, "regularity", r->regularity);
    put_count(d, out, "absent", r->absent);
    put_count(d, out, "gap_count", r->n_gaps);
    put(d, out, "gaps", gap_list(d, s));
    put(d, out, "weekdays", count_list(d, r->has_weekdays, r->weekdays, 7));
    put(d, out, "months", count_list(d, r->has_months, r->months, 12));
    put(d, out, "hours", count_list(d, r->has_hours, r->hours, 24));
}

static json_t *datetime_part(document *d, const column *c, const column_statistics *s)
{
    json_t *out = json_object();
    put(d, out, "min", json_text(s->first.value));
    put(d, out, "max", json_text(s->last.value));
    put(d, out, "format", json_text(c->format));
    put_number(d, out, "span_days", (s->numbers.max - s->numbers.min) / 86400);
    put(d, out, "has_time", json_boolean(s->has_time));
    put_rhythm(d, out, s);
    put(d, out, "histogram", bars(d, &s->numbers));
    return out;
}

json_t *document_top_invalid(document *d, const column *c)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < c->n_top_invalid; ++k) {
        json_t *row = json_object();
        put(d, row, "value", document_cell(c->top_invalid[k].value));
        put_count(d, row, "count", c->top_invalid[k].count);
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *top_values(document *d, const column_statistics *s)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < s->n_top; ++k) {
        json_t *row = json_object();
        put(d, row, "value", document_cell(s->top[k].value));
        put_count(d, row, "count", s->top[k].count);
        put_number(d, row, "share", share(s->top[k].count, s->valid));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *missing_tokens(document *d, const column *c)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < c->n_missing_tokens; ++k)
        profile_append(out, document_cell(c->missing_tokens[k]), &d->failed);
    return out;
}

/* What could stand for missing, with the decision. */
static json_t *token_records(document *d, const column *c)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < c->n_tokens; ++k) {
        json_t *row = json_object();
        put(d, row, "value", document_cell(c->tokens[k].value));
        put_count(d, row, "count", c->tokens[k].count);
        put(d, row, "missing", json_boolean(c->tokens[k].missing));
        put(d, row, "reason", json_text(c->tokens[k].reason));
        profile_append(out, row, &d->failed);
    }
    return out;
}

static json_t *affixes(document *d, const column *c)
{
    json_t *out = json_object();
    for (int k = 0; k < NUMBER_AFFIXES; ++k)
        if (c->affixes[k] > 0) put_count(d, out, number_affix_names[k], c->affixes[k]);
    return out;
}

static json_t *text_or_null(text t)
{
    return t.size > 0 ? json_text(t) : json_null();
}

/* How the cells are written. */
static json_t *cells_part(document *d, const column *c)
{
    json_t *out = json_object();
    put(d, out, "format", text_or_null(c->format));
    put(d, out, "other_format", text_or_null(c->other_format));
    put(d, out, "unit", text_or_null(c->unit));
    put(d, out, "order", text_or_null(c->order));
    put_count(d, out, "affixed", c->n_affixed);
    put(d, out, "affixes", affixes(d, c));
    put_count(d, out, "non_finite", c->n_non_finite);
    put_count(d, out, "like_numbers", c->n_like_numbers);
    put_count(d, out, "like_dates", c->n_like_dates);
    return out;
}

static void put_cells_kind(document *d, json_t *out, const column *c, const column_statistics *s)
{
    if (c->type == COLUMN_NUMERIC) put(d, out, "numeric", document_numeric(d, s));
    if (c->type == COLUMN_DATETIME) put(d, out, "datetime", datetime_part(d, c, s));
    if (c->type == COLUMN_TEXT || c->type == COLUMN_SEQUENCE) put(d, out, "text", text_part(d, s));
}

static json_t *class_shares(document *d, const target_group *group)
{
    int32_t shown[GROUP_CLASSES_MOST];
    const int32_t n = target_groups_classes(d->p->facts, shown);
    const bool others = d->p->facts->n_classes > n;
    json_t *out = json_array();
    for (int32_t k = 0; k < n + others; ++k)
        profile_append(out, json_number(share(group->classes[k < n ? k : GROUP_CLASSES_MOST], group->rows)), &d->failed);
    return out;
}

static json_t *one_group(document *d, const target_groups *groups, const target_group *group)
{
    static const char *const kinds[] = {"own", "others", "missing"};
    const bool levels = groups->by == GROUPS_LEVELS, classes = d->p->facts->problem == PROBLEM_MULTICLASS;
    json_t *out = json_object();
    put(d, out, "kind", word(kinds[group->kind]));
    if (group->kind == GROUP_OWN && levels) put(d, out, "level", document_cell(group->level));
    if (group->kind == GROUP_OWN && !levels) {
        put_number(d, out, "low", group->low);
        put_number(d, out, "high", group->high);
    }
    put_count(d, out, "rows", group->rows);
    if (classes) {
        put(d, out, "shares", class_shares(d, group));
    } else {
        put_number(d, out, "mean", group->mean);
        put_number(d, out, "se", group->se);
    }
    return out;
}

static json_t *groups_part(document *d, const target_groups *groups)
{
    if (groups == NULL) return json_null();
    json_t *out = json_object(), *list = json_array();
    for (int32_t k = 0; k < groups->n; ++k)
        profile_append(list, one_group(d, groups, &groups->groups[k]), &d->failed);
    put(d, out, "by", word(target_grouping_names[groups->by]));
    put_count(d, out, "other_levels", groups->other_levels);
    put(d, out, "groups", list);
    return out;
}

json_t *document_column(document *d, int32_t at)
{
    const column *c = frame_column(d->p->f, at);
    const column_facts *facts = &d->p->facts->columns[at];
    const column_statistics *s = &facts->statistics;
    json_t *out = json_object();
    put(d, out, "name", json_text(c->name));
    put(d, out, "type", word(column_type_names[c->type]));
    put(d, out, "type_reason", json_text(c->reason.data == NULL ? text_of("") : c->reason));
    put(d, out, "role", word(column_role_names[facts->role]));
    put(d, out, "reason", word(facts->reason));
    put_count(d, out, "missing", s->missing);
    put_number(d, out, "missing_share", share(s->missing, s->rows));
    put(d, out, "missing_tokens", missing_tokens(d, c));
    put(d, out, "tokens", token_records(d, c));
    put(d, out, "cells", cells_part(d, c));
    put_count(d, out, "invalid", s->invalid);
    put_number(d, out, "invalid_share", share(s->invalid, s->rows));
    put(d, out, "top_invalid", document_top_invalid(d, c));
    put_count(d, out, "valid", s->valid);
    put_count(d, out, "distinct", s->distinct);
    put_number(d, out, "numerical_share", c->type == COLUMN_NUMERIC ? share(s->valid - s->infinite, s->rows) : 0);
    put_number(d, out, "power", facts->power.power);
    put_number(d, out, "power_se", facts->power.se);
    put(d, out, "power_model", word(power_model_names[facts->power.model]));
    put(d, out, "top_values", top_values(d, s));
    put(d, out, "target_groups", groups_part(d, facts->groups));
    put_cells_kind(d, out, c, s);
    return out;
}
