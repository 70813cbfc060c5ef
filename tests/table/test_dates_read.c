/* Columns of ISO dates are read as dates at once in a text table, by their texts in JSON Lines: both must give the same column,
 * whatever stands among the dates. */
#include "table_fixture.h"

#include "base/json.h"
#include "base/random.h"
#include "table/iso_date.h"

enum { ROWS = 1500, KINDS = 12 };

static void write_day(random_stream *r, const char *time, char out[64])
{
    static const char *const times[] = {"", " 10:30", "T23:59:59", " 00:00:00.25", "T12:00:00Z", " 1:05 PM"};
    const char *behind = time ? time : times[random_below(r, 6)];
    snprintf(out, 64, "%04d-%02d-%02d%s", 1950 + (int)random_below(r, 120), 1 + (int)random_below(r, 12),
             1 + (int)random_below(r, 28), behind);
}

/* A cell of one of the kinds of columns; late in the column things change. */
static void write_cell(random_stream *r, int kind, bool late, char out[64])
{
    static const char *const marks[] = {"NA", "?", "null", "  ", "unknown", "-"};
    static const char *const empty_days[] = {"1900-01-01", "1970-01-01", "9999-12-31", "1899-12-30"};
    bool rare = random_below(r, 10) == 0;
    write_day(r, kind == 1 ? "T10:00:00" : kind == 2 ? NULL : "", out);
    if (kind == 3 && rare) snprintf(out, 64, "%s", marks[random_below(r, 6)]);
    if (kind == 4 && rare) snprintf(out, 64, "%s", empty_days[random_below(r, 4)]);
    if (kind == 5 && late && rare) snprintf(out, 64, "2015-02-30");
    if (kind == 6 && late) snprintf(out, 64, "word %d", (int)random_below(r, 1000));
    if (kind == 7 && late) snprintf(out, 64, "%d", (int)random_below(r, 1000));
    if (kind == 8 && late && rare) snprintf(out, 64, "Monday 2015-03-02");
    if (kind == 9 && rare) out[0] = '\0';
    if (kind == 10 && late && rare) snprintf(out, 64, "%*s", 3 + (int)random_below(r, 200) % 40, marks[random_below(r, 3)]);
    if (kind == 11 && late && random_below(r, 400) == 0) snprintf(out, 64, "soon");
}

static void write_tables(random_stream *r, text_buffer *csv, text_buffer *lines)
{
    char cell[64];
    for (int k = 0; k < KINDS; k++)
        text_print(csv, "%sc%d", k ? "," : "", k);
    for (int row = 0; row < ROWS; row++) {
        text_append(csv, "\n");
        text_append(lines, "{");
        for (int k = 0; k < KINDS; k++) {
            write_cell(r, k, row > 1000, cell);
            text_print(csv, "%s%s", k ? "," : "", cell);
            text_print(lines, "%s\"c%d\":\"%s\"", k ? "," : "", k, cell);
        }
        text_append(lines, "}\n");
    }
    text_append(csv, "\n");
    assert_false(csv->failed || lines->failed);
}

static void expect_same_text(text a, text b, const char *what, int32_t i)
{
    if (!text_equal(a, b)) fail_msg("column %d: %s '%.*s', '%.*s'", i, what, (int)a.size, a.data, (int)b.size, b.data);
}

static void expect_same_column(const frame *a, const frame *b, int32_t i)
{
    const column *x = frame_column(a, i), *y = frame_column(b, i);
    char x_hash[33], y_hash[33];
    expect_same_text(x->reason, y->reason, "reason", i);
    expect_same_text(x->format, y->format, "format", i);
    frame_column_hash(a, i, x_hash);
    frame_column_hash(b, i, y_hash);
    assert_string_equal(x_hash, y_hash);
    assert_true(x->type == y->type && x->n_missing == y->n_missing && x->n_invalid == y->n_invalid);
    assert_true(x->n_like_numbers == y->n_like_numbers && x->n_like_dates == y->n_like_dates);
    assert_true(x->n_tokens == y->n_tokens && x->n_missing_tokens == y->n_missing_tokens);
    for (int32_t k = 0; k < x->n_tokens; k++) {
        expect_same_text(x->tokens[k].value, y->tokens[k].value, "token", i);
        expect_same_text(x->tokens[k].reason, y->tokens[k].reason, "token's reason", i);
        assert_int_equal(x->tokens[k].count, y->tokens[k].count);
    }
}

static void reads_as_by_texts(void **state)
{
    (void)state;
    random_stream r = random_of(3, "dates");
    for (int round = 0; round < 6; round++) {
        text_buffer csv = {0}, lines = {0};
        write_tables(&r, &csv, &lines);
        frame *b = fixture_read(lines.data, NULL);
        for (int64_t bytes = 0; bytes < 2000; bytes += 1999) {
            frame *a = fixture_read(csv.data, &(frame_read_options){.chunk_bytes = bytes});
            assert_int_equal(frame_columns(a), KINDS);
            for (int32_t i = 0; i < KINDS; i++)
                expect_same_column(a, b, i);
            assert_int_equal(frame_column(a, 0)->type, COLUMN_DATETIME);
            frame_free(a);
        }
        frame_free(b);
        text_buffer_clear(&csv);
        text_buffer_clear(&lines);
    }
}

/* The fast way against the general one, which reads the same date with slashes: all bytes in all places. */
static void reads_fixed_places(void **state)
{
    (void)state;
    random_stream r = random_of(4, "places");
    for (int i = 0; i < 200000; i++) {
        static const int64_t sizes[] = {10, 16, 19};
        char cell[] = "2015-01-14 17:41:09", other[20];
        for (int changes = (int)random_below(&r, 4); changes > 0; changes--)
            cell[random_below(&r, 19)] = "0123456789012345-: T/"[random_below(&r, 21)];
        if (cell[4] == '/' || cell[7] == '/') continue;
        memcpy(other, cell, sizeof other);
        other[4] = cell[4] == '-' ? '/' : cell[4];
        other[7] = cell[7] == '-' ? '/' : cell[7];
        int64_t size = sizes[random_below(&r, 3)];
        double fast = -1, slow = -1;
        datetime_details fast_seen = {0}, slow_seen = {0};
        if (!iso_date_read((text){cell, size}, &fast, &fast_seen)) continue;
        bool read = datetime_read((text){other, size}, 1, &slow, &slow_seen);
        if (!read || fast != slow || memcmp(&fast_seen, &slow_seen, sizeof fast_seen)) fail_msg("%.*s", (int)size, cell);
    }
    double seconds;
    assert_true(iso_date_read(text_of("2024-02-29 23:59:59"), &seconds, NULL) && seconds == 1709251199);
    assert_false(iso_date_read(text_of("2023-02-29"), &seconds, NULL));
    assert_false(iso_date_read(text_of("2023-04-31"), &seconds, NULL));
    assert_false(iso_date_read(text_of("2023-00-10"), &seconds, NULL));
    assert_false(iso_date_read(text_of("2023-01-00"), &seconds, NULL));
    assert_false(iso_date_read(text_of("2023-01-01 24:00"), &seconds, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_as_by_texts), cmocka_unit_test(reads_fixed_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
