/* Findings on the file and the table as a whole: how it was read, lines that do not fit, doubled names, and its size. */
#include "profile/finding.h"

#include <math.h>

#include "base/memory.h"

#define RAGGED_MEDIUM 0.01
#define RAGGED_HIGH 0.2
#define LINES_SHOWN 5
#define SMALL_MEDIUM 150
#define SMALL_HIGH 50
#define WIDE_MEDIUM 2 /* rows a feature */

static bool is_text_file(const frame_dialect *d)
{
    return text_equal_to(d->format, "csv") || text_equal_to(d->format, "json-lines");
}

/* ---- lines ---- */

static void list_lines(const finding_context *c, text_buffer *out)
{
    int32_t n;
    const frame_ragged *lines = frame_ragged_rows(c->f, &n);
    for (int32_t i = 0; i < n && i < LINES_SHOWN; ++i)
        text_print(out, "%s%lld (%d cells)", i == 0 ? " Lines " : ", ", (long long)lines[i].line, (int)lines[i].fields);
    if (n > 0) text_append(out, n > LINES_SHOWN ? ", ..." : ".");
}

static ptg_status check_ragged(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const int64_t n = frame_ragged_count(c->f);
    if (n == 0) return PTG_OK;
    const frame_dialect *d = frame_dialect_of(c->f);
    const frame_sample *sample = frame_sample_of(c->f);
    const int64_t rows = sample->file_rows > c->facts->n_rows ? sample->file_rows : c->facts->n_rows;
    const double share = (double)n / (double)rows;
    finding found = {.severity = finding_severity_of(share, RAGGED_MEDIUM, RAGGED_HIGH), .value = share};
    finding_word percent;
    text_print(&found.text, "%lld rows (%s %%) have more or fewer cells than the table has columns: %lld fewer, %lld more.",
               (long long)n, finding_percent(share, &percent), (long long)d->n_short, (long long)d->n_long);
    list_lines(c, &found.text);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_names(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    int32_t n;
    const frame_renamed *renamed = frame_renamed_columns(c->f, &n);
    int32_t *columns = mem_array(n, sizeof *columns);
    if (columns == NULL) return fail_memory(err);
    finding found = {.severity = SEVERITY_LOW, .columns = columns};
    for (int32_t i = 0; i < n; ++i) {
        const int32_t at = renamed[i].original.size == 0 ? -1 : frame_find(c->f, renamed[i].name);
        finding_word original, name;
        if (at < 0) continue;
        if (found.n_columns < LINES_SHOWN)
            text_print(&found.text, "%s'%s' stands twice or more: column %d is '%s' here", found.n_columns == 0 ? "" : "; ",
                       finding_value(renamed[i].original, &original), (int)renamed[i].place, finding_name(c, at, &name));
        columns[found.n_columns++] = at;
    }
    found.value = found.n_columns;
    text_append(&found.text, ".");
    ptg_status status = PTG_OK;
    if (found.n_columns > 0) {
        status = finding_report(c, kind, &found, err);
    } else {
        finding_clear(&found);
    }
    mem_free(columns);
    return status;
}

/* ---- the file ---- */

static ptg_status report_sentence(const finding_context *c, const finding_kind *kind, finding_severity severity, double value,
                                  text words, ptg_error *err)
{
    finding found = {.severity = severity, .value = value};
    text_append_shown(&found.text, words, 400);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_encoding(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const frame_dialect *d = frame_dialect_of(c->f);
    const bool plain = text_equal_to(d->encoding, "utf-8") || text_equal_to(d->encoding, "utf-8-sig");
    const int64_t replaced = d->n_broken + d->n_nul;
    if (!is_text_file(d) || (plain && replaced == 0)) return PTG_OK;
    if (d->encoding_reason.size > 0)
        return report_sentence(c, kind, replaced > 0 ? SEVERITY_MEDIUM : SEVERITY_LOW, (double)replaced, d->encoding_reason,
                               err);
    finding found = {.severity = replaced > 0 ? SEVERITY_MEDIUM : SEVERITY_LOW, .value = (double)replaced};
    finding_word encoding;
    text_print(&found.text, "The file is read as %s; %lld bytes were replaced.", finding_value(d->encoding, &encoding),
               (long long)replaced);
    return finding_report(c, kind, &found, err);
}

/* What is not a plain table of commas with a header. */
static bool is_unusual(const frame_dialect *d)
{
    return d->delimiter != ',' || d->decimal_mark != '.' || !d->header || d->trailing || d->comment != '\0' || d->backslash ||
           d->padded || (d->quoted && d->quote != '"') || d->n_blank_lines > 0 || text_equal_to(d->line_ends, "mixed") ||
           text_equal_to(d->line_ends, "cr");
}

static ptg_status check_dialect(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const frame_dialect *d = frame_dialect_of(c->f);
    if (!text_equal_to(d->format, "csv") || !is_unusual(d)) return PTG_OK;
    return report_sentence(c, kind, d->header ? SEVERITY_LOW : SEVERITY_MEDIUM, (double)NAN, d->reason, err);
}

/* ---- size ---- */

static ptg_status check_small(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const int64_t n = c->facts->target >= 0 ? c->facts->n_labelled : c->facts->n_rows;
    if ((double)n >= kind->threshold) return PTG_OK;
    finding found = {.severity = n < SMALL_HIGH     ? SEVERITY_HIGH
                                 : n < SMALL_MEDIUM ? SEVERITY_MEDIUM
                                                    : SEVERITY_LOW,
                     .value = (double)n};
    text_print(&found.text, "There are %lld rows%s to learn from and to judge by.", (long long)n,
               c->facts->target >= 0 ? " with a target" : "");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_wide(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const int64_t n = c->facts->target >= 0 ? c->facts->n_labelled : c->facts->n_rows;
    int32_t features = 0;
    for (int32_t k = 0; k < c->facts->n_columns; ++k)
        features += c->facts->columns[k].role == ROLE_FEATURE;
    const double rows = features > 0 ? (double)n / features : INFINITY;
    if (rows >= kind->threshold) return PTG_OK;
    finding found = {.severity = rows < WIDE_MEDIUM ? SEVERITY_MEDIUM : SEVERITY_LOW, .value = rows};
    finding_word each;
    text_print(&found.text, "%d features for %lld rows, %s rows each: some will seem to predict by chance.", (int)features,
               (long long)n, finding_number(rows, &each));
    return finding_report(c, kind, &found, err);
}

const finding_kind findings_names[] = {
    {.id = "column-name-duplicate",
     .text = "Several columns have the same name in the file. Each got a name of its own here.",
     .decided = "Any name that stands twice in the header.",
     .threshold = 0,
     .severity = "low: the columns are told apart by their place.",
     .advice = "Give each column a name of its own where the table is written, so that later files need not keep the order.",
     .ignore = "When the table always comes in the same order.",
     .example = "A join of two tables with a column 'name' in each.",
     .check = check_names},
};
const int32_t n_findings_names = (int32_t)(sizeof findings_names / sizeof findings_names[0]);

const finding_kind findings_lines[] = {
    {.id = "rows-ragged",
     .text =
         "Some lines have more or fewer cells than the table has columns. Cells that are lacking are missing, those past the "
         "last column are left out.",
     .decided = "Any such line; blank lines and comments do not count.",
     .threshold = 0,
     .severity = "low under 1 % of the rows; medium from 1 %, high from 20 %, where cells may stand in the wrong columns.",
     .advice = "Look at the lines that are named: mostly a delimiter or a line break in a cell was not quoted.",
     .ignore = "When only empty last cells were not written.",
     .example = "An address 'Main St, 5' without quotes in a file of commas.",
     .check = check_ragged},
};
const int32_t n_findings_lines = (int32_t)(sizeof findings_lines / sizeof findings_lines[0]);

const finding_kind findings_reading[] = {
    {.id = "sample-small",
     .text = "The table has few rows with a target. Scores on it are uncertain, and small effects cannot be learned.",
     .decided = "Fewer than 500 rows: the standard error of an accuracy is then more than 2 points.",
     .threshold = 500,
     .severity = "low; medium under 150 rows, high under 50, where a score says little more than chance.",
     .advice = "Collect more rows; until then trust simple candidates, and read scores with their standard error.",
     .ignore = "When there are no more rows, and the target is easy.",
     .example = "A table of 90 patients.",
     .check = check_small},
    {.id = "sample-wide",
     .text = "The table has many features for its rows. Some of them will seem to predict the target by chance.",
     .decided = "Fewer than 10 rows a feature, an old rule for regressions.",
     .threshold = 10,
     .severity = "low; medium under 2 rows a feature.",
     .advice = "Leave out features that cannot matter; trust candidates with penalties or few trees.",
     .ignore = "When features are measurements of one thing, such as a spectrum.",
     .example = "2,000 gene activities of 150 samples.",
     .check = check_wide},
    {.id = "file-encoding",
     .text = "The file is not written in UTF-8. It was converted; letters beyond ASCII may have been read wrongly.",
     .decided = "Any encoding but UTF-8, and any byte that had to be replaced.",
     .threshold = 0,
     .severity =
         "low where every byte could be converted; medium where some were replaced: those cells are not what was written.",
     .advice = "Write the file in UTF-8.",
     .ignore = "When names and texts look right in the sample of rows.",
     .example = "A file from an older spreadsheet in Windows-1252.",
     .check = check_encoding},
    {.id = "file-dialect",
     .text = "The file is not a plain table of commas with a header. How it was read is a guess, if a good one.",
     .decided = "A delimiter other than the comma, decimal commas, no header, other quotes or escapes, comment or blank lines, "
                "delimiters at the ends of lines, or mixed line ends.",
     .threshold = 0,
     .severity = "low; medium without a header: columns have made-up names then, and the first row may be lost.",
     .advice = "Look at the first rows in the notebook; if a column is not what it should be, write the file with commas and a "
               "header.",
     .ignore = "When names, numbers and rows look right.",
     .example = "A file of semicolons with decimal commas.",
     .check = check_dialect},
};
const int32_t n_findings_reading = (int32_t)(sizeof findings_reading / sizeof findings_reading[0]);
