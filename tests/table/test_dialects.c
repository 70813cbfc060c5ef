/* Dialects beyond plain CSV, each with what the frame must know of it: quotes, comments, names, line ends, encodings, marks. */
#include "table_fixture.h"

#include "base/memory.h"

typedef struct quirk_case {
    const char *csv, *types, *cells;
    frame_dialect expected; /* delimiter, decimal_mark, quote ('\0' = not quoted), flags and counts */
    const char *line_ends;
} quirk_case;

#define COMMA .delimiter = ',', .decimal_mark = '.', .quote = '"'

static const quirk_case quirks[] = {
    /* quotes */
    {"a,b\n1,\"say \\\"hi, you\\\" now\"\n2,\"C:\\\\x\"\n",
     "a:numeric b:text",
     "1|say \"hi, you\" now/2|C:\\x",
     {COMMA, .backslash = true},
     "lf"},
    {"a,b\n1,\"C:\\\"\n2,\"D:\\\"\n", "a:numeric b:categorical", "1|C:\\/2|D:\\", {COMMA}, "lf"},
    {"a,b\n1, \"x, y\"\n2, \"z, u\" \n", "a:numeric b:text", "1|x, y/2|z, u", {COMMA, .padded = true}, "lf"},
    {"a, b\n1, x\n2, y\n", "a:numeric b:categorical", "1| x/2| y", {COMMA}, "lf"},
    {"a,b\n1,'x, y'\n2,'z, u'\n",
     "a:numeric b:text",
     "1|x, y/2|z, u",
     {.delimiter = ',', .decimal_mark = '.', .quote = '\''},
     "lf"},
    {"a,b\n1,'tis\n2,it's\n", "a:numeric b:categorical", "1|'tis/2|it's", {COMMA}, "lf"},
    {"a\tb\n1\t\"so\n2\tno\"\n3\t\"\n",
     "a:numeric b:categorical",
     "1|\"so/2|no\"/3|\"",
     {.delimiter = '\t', .decimal_mark = '.'},
     "lf"},
    {"a|b\n1|\"x|\"\"y\"\"\"\n",
     "a:numeric b:categorical",
     "1|x|\"y\"",
     {.delimiter = '|', .decimal_mark = '.', .quote = '"'},
     "lf"},
    /* decimal marks */
    {"a\tb\n1,5\tx\n2,25\ty\n",
     "a:numeric b:categorical",
     "1.5|x/2.25|y",
     {.delimiter = '\t', .decimal_mark = ',', .quote = '"'},
     "lf"},
    {"a|b\n1,5|x\n2,25|y\n",
     "a:numeric b:categorical",
     "1.5|x/2.25|y",
     {.delimiter = '|', .decimal_mark = ',', .quote = '"'},
     "lf"},
    {"a,b\n\"1,5\",3\n\"2,25\",4\n",
     "a:numeric b:numeric",
     "1.5|3/2.25|4",
     {.delimiter = ',', .decimal_mark = ',', .quote = '"'},
     "lf"},
    /* delimiters at the ends of lines */
    {"a,b,\n1,2,\n3,4,\n", "a:numeric b:numeric", "1|2/3|4", {COMMA, .trailing = true}, "lf"},
    {"a;b;;\r\n1;2;;\r\n3;4;;\r\n",
     "a:numeric b:numeric",
     "1|2/3|4",
     {.delimiter = ';', .decimal_mark = '.', .quote = '"', .trailing = true},
     "crlf"},
    {"a,b,\n1,2\n3,4\n5,6\n", "a:numeric b:numeric", "1|2/3|4/5|6", {COMMA}, "lf"},
    {"a,b,\n1,2,\n3,4,5\n", "a:numeric b:numeric column_3:numeric", "1|2|~/3|4|5", {COMMA}, "lf"},
    /* comments and blank lines */
    {"# made by a program, on a day\n#\n\na,b\n1,x\n2,y\n",
     "a:numeric b:categorical",
     "1|x/2|y",
     {COMMA, .comment = '#', .n_comments = 2, .n_blank_lines = 1},
     "lf"},
    {"\n# note \"here\na,b\n1,x\n# between\n2,y\n# end, of, it\n",
     "a:numeric b:categorical",
     "1|x/2|y",
     {COMMA, .comment = '#', .n_comments = 3, .n_blank_lines = 1},
     "lf"},
    {"#a,b\n1,x\n2,y\n", "a:numeric b:categorical", "1|x/2|y", {COMMA, .comment = '#'}, "lf"},
    {"tag,n\n#x,1\n#y,2\nz,3\n", "tag:categorical n:numeric", "#x|1/#y|2/z|3", {COMMA}, "lf"},
    {"t\n#one\n#two\n", "t:categorical", "#one/#two", {COMMA}, "lf"},
    {"a,b\n1,x\n   \n2,y\n\n", "a:numeric b:categorical", "1|x/2|y", {COMMA, .n_blank_lines = 2}, "lf"},
    /* line ends */
    {"a,b\r1,x\r\r2,y\r", "a:numeric b:categorical", "1|x/2|y", {COMMA, .n_blank_lines = 1}, "cr"},
    {"a,b\r1,x\r\n2,y\n3,z\r4,x\n", "a:numeric b:categorical", "1|x/2|y/3|z/4|x", {COMMA}, "mixed"},
    {"a,b\r\n1,x\n2,y\r\n", "a:numeric b:categorical", "1|x/2|y", {COMMA}, "mixed"},
    {"a,b\r\r\n1,x\r\r\n2,y\r\r\n", "a:numeric b:categorical", "1|x/2|y", {COMMA}, "crlf"},
    {"a,b\n1,\"x\ry\"\n2,z\n", "a:numeric b:text", "1|x\ry/2|z", {COMMA}, "lf"},
    {"a,b\n1,x\ry\n2,z\n3,u\n4,u\n5,u\n", "a:numeric b:text", "1|x\ry/2|z/3|u/4|u/5|u", {COMMA}, "lf"},
    /* rows of other widths */
    {"a,b,c\n1,2\n3,4,5,6\n7,8,9\n1,1,1\n",
     "a:numeric b:numeric c:numeric",
     "1|2|~/3|4|5/7|8|9/1|1|1",
     {COMMA, .n_short = 1, .n_long = 1},
     "lf"},
};

static bool same_dialect(const frame_dialect *d, const frame_dialect *e)
{
    return d->delimiter == e->delimiter && d->decimal_mark == e->decimal_mark && d->quoted == (e->quote != '\0') &&
           (!d->quoted || d->quote == e->quote) && d->backslash == e->backslash && d->padded == e->padded &&
           d->trailing == e->trailing && d->comment == e->comment && d->n_comments == e->n_comments &&
           d->n_blank_lines == e->n_blank_lines && d->n_short == e->n_short && d->n_long == e->n_long;
}

static void check_quirk(size_t i, const frame *f)
{
    const quirk_case *c = &quirks[i];
    const frame_dialect *d = frame_dialect_of(f);
    if (strcmp(fixture_types(f), c->types) || strcmp(fixture_cells(f), c->cells))
        fail_msg("case %zu: %s; %s", i, fixture_types(f), fixture_cells(f));
    if (!same_dialect(d, &c->expected) || !text_equal_to(d->line_ends, c->line_ends))
        fail_msg("case %zu: '%c' %c quoted %d %c, %d %d %d, '%c' %d %d, %d %d, %.*s: %.*s", i, d->delimiter, d->decimal_mark,
                 d->quoted, d->quote, d->backslash, d->padded, d->trailing, d->comment ? d->comment : '-', (int)d->n_comments,
                 (int)d->n_blank_lines, (int)d->n_short, (int)d->n_long, (int)d->line_ends.size, d->line_ends.data,
                 (int)d->reason.size, d->reason.data);
    assert_true((d->n_short + d->n_long > 0) == (d->ragged_reason.size > 0));
    assert_int_equal(frame_ragged_count(f), d->n_short + d->n_long);
}

static void knows_every_quirk(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++) {
        frame *f = fixture_read(quirks[i].csv, NULL);
        check_quirk(i, f);
        frame_free(f);
    }
}

/* The same with the smallest parts, at one, two and three threads. */
static void small_parts_change_nothing(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        pool *p = pool_new(threads);
        for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++)
            for (int64_t bytes = 1; bytes < 20; bytes += 6) {
                frame *f = fixture_read(quirks[i].csv, &(frame_read_options){.threads = p, .chunk_bytes = bytes});
                check_quirk(i, f);
                frame_free(f);
            }
        pool_free(p);
    }
}

static void remembers_names(void **state)
{
    (void)state;
    frame *f = fixture_read("a,,a, b ,\"a\"\n1,2,3,4,5\n", NULL);
    static const frame_renamed expected[] = {
        {{"column_2", 8}, {"", 0}, 2}, {{"a_2", 3}, {"a", 1}, 3}, {{"a_3", 3}, {"a", 1}, 5}};
    int32_t n;
    const frame_renamed *found = frame_renamed_columns(f, &n);
    assert_int_equal(n, 3);
    for (int i = 0; i < 3; i++)
        assert_true(text_equal(found[i].name, expected[i].name) && text_equal(found[i].original, expected[i].original) &&
                    found[i].place == expected[i].place);
    char path[300];
    snprintf(path, sizeof path, "%s.frame", fixture_path());
    ptg_error err;
    assert_int_equal(frame_save(f, path, &err), PTG_OK);
    frame *again = NULL;
    assert_int_equal(frame_open(path, &again, &err), PTG_OK);
    found = frame_renamed_columns(again, &n);
    assert_true(n == 3 && text_equal_to(found[2].name, "a_3") && found[2].place == 5);
    assert_true(text_equal(frame_dialect_of(again)->reason, frame_dialect_of(f)->reason));
    frame_free(again);
    frame_free(f);
    unlink(path);
}

static void knows_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *encoding, *cells, *said;
        int nul, broken;
    } cases[] = {
        {"\xFF\xFE"
         "a\0,\0b\0\n\0\x31\0,\0\xE9\0\n\0",
         18, "utf-16", "1|\xC3\xA9", "little-endian) was", 0, 0},
        {"a\0,\0b\0\n\0\x31\0,\0\xE9\0\n\0", 16, "utf-16", "1|\xC3\xA9", "little-endian, without a mark", 0, 0},
        {"\0a\0,\0b\0\n\0\x31\0,\0\xE9\0\n", 16, "utf-16", "1|\xC3\xA9", "big-endian, without a mark", 0, 0},
        {"a,b\n1,caf\xE9\n", 11, "latin-1", "1|caf\xC3\xA9", "read as Latin-1", 0, 0},
        {"a,b\n1,\x80\n", 8, "windows-1252", "1|\xE2\x82\xAC", "read as Windows-1252", 0, 0},
        {"a,b\n1,x\0y\n", 10, "utf-8", "1|x\xEF\xBF\xBDy", "1 NUL byte became", 1, 0},
        {"\xEF\xBB\xBF"
         "a,b\n1,2\n",
         11, "utf-8-sig", "1|2", "byte order mark", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        frame *f = NULL;
        ptg_error err = {0};
        if (frame_read(fixture_file(cases[i].bytes, cases[i].size), NULL, &f, &err)) fail_msg("case %zu: %s", i, err.message);
        const frame_dialect *d = frame_dialect_of(f);
        assert_true(text_equal_to(d->encoding, cases[i].encoding));
        assert_string_equal(fixture_cells(f), cases[i].cells);
        if (!d->encoding_reason.data || !strstr(d->encoding_reason.data, cases[i].said))
            fail_msg("case %zu: %s", i, d->encoding_reason.data);
        assert_true(d->n_nul == cases[i].nul && d->n_broken == cases[i].broken);
        frame_free(f);
    }
    unlink(fixture_path());
}

/* A cell of three MiB, quoted, with line feeds, in the middle of short ones. */
static void reads_huge_cells(void **state)
{
    (void)state;
    text_buffer b = {0};
    text_append(&b, "a,b\n1,x\n2,\"");
    for (int i = 0; i < 300000; i++)
        text_append(&b, "line, \"\"\"\"\n");
    text_append(&b, "\"\n3,y\n");
    frame *f = fixture_read(b.data, NULL);
    char scratch[64];
    assert_int_equal(frame_rows(f), 3);
    assert_int_equal(frame_cell(f, 1, 1, scratch).size, 9 * 300000);
    assert_true(text_equal_to(frame_cell(f, 1, 2, scratch), "y"));
    text_buffer_clear(&b);
    frame_free(f);
}

static char *sample_csv(void)
{
    text_buffer b = {0};
    text_append(&b, "n,c\n");
    for (int i = 0; i < 100000; i++)
        text_print(&b, "%d,%s\n", i, i % 1000 == 5 ? "rare" : i % 2 ? "often" : "other");
    return text_buffer_take(&b);
}

/* Over the memory limit: rows from the whole file, as many as fit, the same at any number of threads. */
static void samples_the_whole_file(void **state)
{
    (void)state;
    char *csv = sample_csv(), hashes[2][33];
    for (int k = 0; k < 2; k++) {
        pool *p = pool_new(k ? 3 : 1);
        frame *f = fixture_read(
            csv, &(frame_read_options){.threads = p, .memory_limit = 360000, .seed = 3, .chunk_bytes = k ? 999 : 0});
        const frame_sample *s = frame_sample_of(f);
        assert_int_equal(s->file_rows, 100000);
        assert_int_equal(s->kept_rows, frame_rows(f));
        assert_true(s->kept_rows > 9000 && s->kept_rows < 11500 && !s->by_class && s->reason.size > 40);
        int64_t late = 0;
        for (int64_t i = 0; i < frame_rows(f); i++)
            late += frame_column(f, 0)->numbers[i] >= 50000;
        assert_true(late * 100 > 47 * s->kept_rows && late * 100 < 53 * s->kept_rows);
        frame_column_hash(f, 0, hashes[k]);
        frame_free(f);
        pool_free(p);
    }
    assert_string_equal(hashes[0], hashes[1]);
    frame *f = fixture_read(csv, &(frame_read_options){.memory_limit = 360000, .target = "c"});
    int64_t rare = 0;
    for (int64_t i = 0; i < frame_rows(f); i++)
        rare += text_equal_to(frame_column(f, 1)->levels[frame_column(f, 1)->codes[i]], "rare");
    assert_int_equal(rare, 100);
    assert_true(frame_sample_of(f)->by_class);
    frame_free(f);
    f = fixture_read(csv, &(frame_read_options){.memory_limit = 100000000});
    assert_true(frame_rows(f) == 100000 && !frame_sample_of(f)->reason.size);
    frame_free(f);
    mem_free(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_every_quirk), cmocka_unit_test(small_parts_change_nothing),
        cmocka_unit_test(remembers_names),   cmocka_unit_test(knows_encodings),
        cmocka_unit_test(reads_huge_cells),  cmocka_unit_test(samples_the_whole_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
