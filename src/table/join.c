/* One column of two frames below one another, with all that the first one knows of its cells: both go back to raw cells, as
 * when a column gets another type, and are built again as the first one is. */
#include <math.h>
#include <string.h>

#include "table/raw.h"

/* Adds the words of `part` to those of `whole`; `map` takes their numbers there. */
static ptg_status join_words(const raw_column *part, raw_column *whole, int32_t **map, ptg_error *err)
{
    *map = mem_array(part->words.n, sizeof **map);
    if (!*map) return fail_memory(err);
    for (int32_t i = 0; i < part->words.n; i++) {
        (*map)[i] = dictionary_count(&whole->words, part->words.texts[i], part->words.counts[i]);
        if ((*map)[i] < 0) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status append(const raw_column *part, int64_t first, raw_column *whole, ptg_error *err)
{
    int32_t *map = NULL;
    ptg_status status = join_words(part, whole, &map, err);
    for (int64_t i = 0; status == PTG_OK && i < part->n_rows; i++) {
        if (whole->kind == RAW_NUMBERS)
            whole->numbers[first + i] = part->numbers[i];
        else
            whole->ids[first + i] = part->ids[i] < 0 ? -1 : map[part->ids[i]];
    }
    for (int64_t k = 0; status == PTG_OK && k < part->n_aside; k++) {
        whole->aside_rows[whole->n_aside] = first + part->aside_rows[k];
        whole->aside_ids[whole->n_aside++] = map[part->aside_ids[k]];
    }
    raw_census_add(&whole->census, &part->census);
    mem_free(map);
    return status;
}

static ptg_status join_raw(const raw_column *a, const raw_column *b, raw_column *out, ptg_error *err)
{
    *out = (raw_column){.kind = a->kind, .n_rows = a->n_rows + b->n_rows, .canonical = a->canonical, .clocked = a->clocked};
    if (a->kind == RAW_NUMBERS) {
        out->numbers = mem_array(out->n_rows, sizeof *out->numbers);
        out->aside_rows = mem_array(a->n_aside + b->n_aside, sizeof *out->aside_rows);
        out->aside_ids = mem_array(a->n_aside + b->n_aside, sizeof *out->aside_ids);
        if (!out->numbers || !out->aside_rows || !out->aside_ids) return fail_memory(err);
    } else {
        out->ids = mem_array(out->n_rows, sizeof *out->ids);
        if (!out->ids) return fail_memory(err);
    }
    TRY(append(a, 0, out, err));
    return append(b, a->n_rows, out, err);
}

/* Cells that are to be lost are empty. */
static void lose(raw_column *raw, const bool *lost)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < raw->n_aside; k++) {
        raw->words.counts[raw->aside_ids[k]] -= lost[raw->aside_rows[k]];
        raw->census.empty += lost[raw->aside_rows[k]];
        if (lost[raw->aside_rows[k]]) continue;
        raw->aside_rows[kept] = raw->aside_rows[k];
        raw->aside_ids[kept++] = raw->aside_ids[k];
    }
    raw->n_aside = kept;
    for (int64_t i = 0; i < raw->n_rows; i++) {
        if (!lost[i]) continue;
        if (raw->kind == RAW_TEXTS && raw->ids[i] >= 0) {
            raw->words.counts[raw->ids[i]]--;
            raw->ids[i] = -1;
        } else if (raw->kind == RAW_NUMBERS && !isnan(raw->numbers[i])) {
            raw->numbers[i] = NAN;
            raw->census.numbers--;
            raw->census.empty++;
        }
    }
}

/* The column `like` again as a wish. */
static ptg_status wish_like(const column_body *like, arena *keep, column_wish *out, ptg_error *err)
{
    const column *c = &like->shown;
    *out = (column_wish){.typed = true, .type = c->type, .with_tokens = true, .tokens = c->missing_tokens, .format = c->format};
    out->n_tokens = c->n_missing_tokens;
    out->with_origin = c->type == COLUMN_CATEGORICAL;
    out->origin = like->origin;
    out->because = arena_text(keep, c->reason.data ? c->reason.data : "", (size_t)c->reason.size);
    return out->because ? PTG_OK : fail_memory(err);
}

/* What was decided on the first frame's cells stands; what is counted is counted anew. */
static ptg_status keep_record(const column *like, column_body *out, ptg_error *err)
{
    column *to = &out->shown;
    column_token *tokens = column_take(out, like->n_tokens, sizeof *tokens);
    if (!tokens) return fail_memory(err);
    for (int32_t i = 0; i < like->n_tokens; i++) {
        tokens[i] = like->tokens[i];
        tokens[i].value = column_copy_text(out, like->tokens[i].value);
        tokens[i].reason = column_copy_text(out, like->tokens[i].reason);
        if (!tokens[i].value.data || !tokens[i].reason.data) return fail_memory(err);
    }
    to->tokens = tokens;
    to->n_tokens = like->n_tokens;
    to->other_format = column_copy_text(out, like->other_format.data ? like->other_format : text_of(""));
    return to->other_format.data ? PTG_OK : fail_memory(err);
}

static ptg_status join_body(const column_body *a, const raw_column *raw_a, const raw_column *raw_b, arena *keep,
                            column_body *out, ptg_error *err)
{
    raw_column whole = {0};
    column_wish wish = {0};
    ptg_status status = wish_like(a, keep, &wish, err);
    if (status == PTG_OK) status = join_raw(raw_a, raw_b, &whole, err);
    if (status == PTG_OK) status = column_build(&whole, &wish, '.', a->shown.name, out, err);
    if (status == PTG_OK) {
        status = keep_record(&a->shown, out, err);
        if (status != PTG_OK) column_body_clear(out);
    }
    raw_column_clear(&whole);
    return status;
}

ptg_status column_join(const frame *a, int32_t i, const frame *b, int32_t j, const bool *lost, column_body *out, ptg_error *err)
{
    const column_body *first = &a->columns[i], *second = &b->columns[j];
    raw_column raw_a = {0}, raw_b = {0};
    arena *keep = arena_new();
    bool numbers = first->shown.type == COLUMN_NUMERIC && second->shown.type == COLUMN_NUMERIC;
    ptg_status status = keep ? column_to_raw(first, a->n_rows, numbers, keep, &raw_a, err) : fail_memory(err);
    if (status == PTG_OK) status = column_to_raw(second, b->n_rows, numbers, keep, &raw_b, err);
    if (status == PTG_OK && lost) lose(&raw_b, lost);
    if (status == PTG_OK) status = join_body(first, &raw_a, &raw_b, keep, out, err);
    raw_column_clear(&raw_a);
    raw_column_clear(&raw_b);
    arena_free(keep);
    return status;
}
