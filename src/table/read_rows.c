/* The rows of a text file that are read under a memory limit: how many fit, and the target's cells where rare classes shall be
 * kept. */
#include "table/reading.h"
#include "table/rows_choice.h"

/* Bytes that a row takes while it is read and afterwards: numbers once, texts (and what may turn out to be texts) by number and
 * by span, and their bytes. */
static double row_bytes(const reading *r)
{
    double bytes = 0;
    for (int32_t i = 0; i < r->dialect.width; i++)
        bytes += r->raw[i].kind == RAW_NUMBERS ? 8 : r->raw[i].kind == RAW_SKIPPED ? 0 : 24;
    return bytes + (double)r->plan.content.size / (double)r->plan.n_rows / 2;
}

/* The target's cells alone, as texts. */
static ptg_status read_target(reading *r, int32_t target, parse *p, raw_column *columns, ptg_error *err)
{
    columns[target].kind = RAW_TEXTS;
    *p = (parse){.plan = &r->plan,
                 .keys = r->keys.names.n ? &r->keys : NULL,
                 .width = r->dialect.width,
                 .may_lack = r->dialect.may_close,
                 .decimal_mark = r->dialect.decimal_mark,
                 .n_file_rows = r->plan.n_rows,
                 .n_rows = r->plan.n_rows,
                 .columns = columns,
                 .threads = r->options->threads};
    return parse_run(p, err);
}

static int32_t find_target(const reading *r)
{
    for (int32_t i = 0; r->options->target && i < r->dialect.width; i++)
        if (text_equal_to(r->dialect.names[i], r->options->target)) return i;
    return -1;
}

static ptg_status sample_rows(reading *r, int64_t wanted, ptg_error *err)
{
    ptg_status status = PTG_OK;
    rows_choice c = {.n_rows = r->plan.n_rows, .wanted = wanted, .seed = r->options->seed, .threads = r->options->threads};
    int32_t target = find_target(r);
    parse p = {0};
    raw_column *columns = mem_array(r->dialect.width, sizeof *columns);
    if (!columns) return fail_memory(err);
    if (target >= 0) GO(read_target(r, target, &p, columns, err));
    if (target >= 0) c.classes = columns[target].ids;
    if (target >= 0) c.class_texts = &columns[target].words;
    status = rows_choose(&c, r->memory, err);
    r->kept = c.kept;
    r->sample = c.sample;
done:
    parse_clear(&p);
    if (target >= 0) raw_column_clear(&columns[target]);
    mem_free(columns);
    return status;
}

ptg_status reading_choose_rows(reading *r, ptg_error *err)
{
    const frame_read_options *o = r->options;
    int64_t n = r->plan.n_rows;
    mem_free(r->kept);
    r->kept = NULL;
    if (o->max_rows > 0 && n > o->max_rows) n = o->max_rows;
    r->sample = (frame_sample){.file_rows = n, .kept_rows = n, .reason = text_of("")};
    if (o->memory_limit <= 0 || n != r->plan.n_rows || n <= ROWS_LEAST) return PTG_OK;
    double fits = (double)o->memory_limit / row_bytes(r);
    return fits >= (double)n ? PTG_OK : sample_rows(r, (int64_t)fits, err);
}
