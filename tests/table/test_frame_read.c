/* Reading CSV and its relatives: dialects, quoting, line ends, encodings, names, ragged rows, refusals, schemas. */
#include "table_fixture.h"

#include <math.h>
#include <zlib.h>

#include "base/memory.h"

typedef struct dialect_case {
    const char *csv, *types, *cells;
    char delimiter;
    bool quoted, header;
    char mark;
} dialect_case;

static const dialect_case dialects[] = {
    {"a,b\n1,x\n2,y\n", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"a;b\n1,5;x\n2,25;y\n", "a:numeric b:categorical", "1.5|x/2.25|y", ';', true, true, ','},
    {"a\tb\n1\tx\n2\ty\n", "a:numeric b:categorical", "1|x/2|y", '\t', true, true, '.'},
    {"a|b\n1|x\n2|y\n", "a:numeric b:categorical", "1|x/2|y", '|', true, true, '.'},
    {"a,b\r\n1,x\r\n2,y\r\n", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"a,b\r1,x\r2,y\r", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"a,b\n1,x\n2,y", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"\n\na,b\n\n1,x\n\r\n2,y\n\n", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"\xEF\xBB\xBF"
     "a,b\n1,x\n",
     "a:numeric b:categorical", "1|x", ',', true, true, '.'},
    {"a,b\n1,\"x, \"\"y\"\"\nz\"\n2,\"\"\n", "a:numeric b:text", "1|x, \"y\"\nz/2|~", ',', true, true, '.'},
    {"\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n", "a:numeric b:categorical", "1|x/2|y", ',', true, true, '.'},
    {"a,b\n1,5\" pipe\n2,6\" pipe\n", "a:numeric b:text", "1|5\" pipe/2|6\" pipe", ',', true, true, '.'},
    {"l\tt\nh\t\"hi there\ns\tgood day\nh\t\"so it goes\ns\tbye now\n", "l:categorical t:text",
     "h|\"hi there/s|good day/h|\"so it goes/s|bye now", '\t', false, true, '.'},
    {"1,2\n3,4\n5,6\n", "column_1:numeric column_2:numeric", "1|2/3|4/5|6", ',', true, false, '.'},
    {"0,1\n3,4\n5,6\n", "0:numeric 1:numeric", "3|4/5|6", ',', true, true, '.'},
    {"7\n3\n4\n", "7:numeric", "3/4", ',', true, true, '.'},
    {"a,,a,a_2,column_2\n1,2,3,4,5\n", "a:numeric column_2_2:numeric a_3:numeric a_2:numeric column_2:numeric", "1|2|3|4|5",
     ',', true, true, '.'},
    {" a , \"b\"\n1,2\n", "a:numeric b:numeric", "1|2", ',', true, true, '.'},
    {"x,y\nr1,1,2\nr2,3,4\n", "column_1:categorical x:numeric y:numeric", "r1|1|2/r2|3|4", ',', true, true, '.'},
    {"x,y\n1,2,\n3,4,\r\n", "x:numeric y:numeric", "1|2/3|4", ',', true, true, '.'},
    {"t\nall of it, and more\nonly this\nor, that, too\n", "t:text", "all of it, and more/only this/or, that, too", ';', true,
     true, '.'},
    {"a,b\n1,\"x\"y\n2,z\n", "a:numeric b:categorical", "1|\"x\"y/2|z", ',', false, true, '.'},
};

static void reads_every_dialect(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        const dialect_case *c = &dialects[i];
        frame *f = fixture_read(c->csv, NULL);
        const frame_dialect *d = frame_dialect_of(f);
        if (strcmp(fixture_types(f), c->types) || strcmp(fixture_cells(f), c->cells))
            fail_msg("case %zu: %s; %s", i, fixture_types(f), fixture_cells(f));
        if (d->delimiter != c->delimiter || d->quoted != c->quoted || d->header != c->header || d->decimal_mark != c->mark)
            fail_msg("case %zu: delimiter %d, quoted %d, header %d, mark %c", i, d->delimiter, d->quoted, d->header,
                     d->decimal_mark);
        assert_true(d->reason.size > 10);
        frame_free(f);
    }
}

static void counts_ragged_rows(void **state)
{
    (void)state;
    frame *f = fixture_read("a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n\"x\ny\",1,2\n1\n1,2,3\n", NULL);
    int32_t n;
    const frame_ragged *r = frame_ragged_rows(f, &n);
    assert_int_equal(frame_ragged_count(f), 3);
    assert_int_equal(n, 3);
    assert_int_equal(r[0].line, 3);
    assert_int_equal(r[0].fields, 2);
    assert_int_equal(r[1].line, 5);
    assert_int_equal(r[1].fields, 4);
    assert_int_equal(r[2].line, 8);
    assert_int_equal(r[2].fields, 1);
    assert_string_equal(fixture_cells(f), "1|2|3/4|5|~/6|7|8/x\ny|1|2/1|~|~/1|2|3");
    frame_free(f);
}

static void converts_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *encoding, *cells;
    } cases[] = {
        {"a,b\n1,caf\xE9\n", 11, "latin-1", "1|caf\xC3\xA9"},
        {"a,b\n1,\x80 \x93x\x94\n", 12, "windows-1252", "1|\xE2\x82\xAC \xE2\x80\x9Cx\xE2\x80\x9D"},
        {"a,b\n1,caf\xC3\xA9\n", 12, "utf-8", "1|caf\xC3\xA9"},
        {"\xEF\xBB\xBF"
         "a,b\n1,2\n",
         11, "utf-8-sig", "1|2"},
        {"\xFF\xFE"
         "a\0,\0b\0\n\0\x31\0,\0\xE9\0\n\0",
         18, "utf-16", "1|\xC3\xA9"},
        {"\xFE\xFF"
         "\0a\0,\0b\0\n\0\x31\0,\xD8\x3D\xDE\x00\0\n",
         20, "utf-16", "1|\xF0\x9F\x98\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        frame *f = NULL;
        ptg_error err = {0};
        if (frame_read(fixture_file(cases[i].bytes, cases[i].size), NULL, &f, &err)) fail_msg("case %zu: %s", i, err.message);
        assert_true(text_equal_to(frame_dialect_of(f)->encoding, cases[i].encoding));
        assert_string_equal(fixture_cells(f), cases[i].cells);
        frame_free(f);
    }
    unlink(fixture_path());
}

static void replaces_few_broken_bytes(void **state)
{
    (void)state;
    frame *f = fixture_read(
        "a,b\n1,\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\n2,x\xFFy\n", NULL);
    assert_true(text_equal_to(frame_dialect_of(f)->encoding, "utf-8"));
    assert_non_null(strstr(fixture_cells(f), "x\xEF\xBF\xBDy"));
    frame_free(f);
}

static void reads_gzip(void **state)
{
    (void)state;
    gzFile z = gzopen(fixture_path(), "wb");
    assert_int_equal(gzputs(z, "a,b\n1,2\n"), 8);
    gzclose(z);
    frame *f = NULL;
    assert_int_equal(frame_read(fixture_path(), NULL, &f, NULL), PTG_OK);
    assert_true(text_equal_to(frame_dialect_of(f)->compression, "gzip"));
    assert_string_equal(fixture_cells(f), "1|2");
    frame_free(f);
    unlink(fixture_path());
}

static void refuses_with_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *part;
    } cases[] = {
        {"", 0, "is empty"},
        {"\n\n", 2, "is empty"},
        {"a,b\n", 4, "has no rows"},
        {"a,b", 3, "has no rows"},
        {"a,b\n1,\0\0\0\n", 10, "line 2: there are NUL bytes (3 in the file)"},
        {"\0", 1, "line 1: there are NUL bytes"},
        {"PK\3\4\0\0", 6, "an Excel workbook; save its table as CSV"},
        {"a,b,c\n1,2,3\n4,\"5,6\n7,8\n9\n10\n11\n", 31, "line 3: a quoted cell opens"},
        {"\"a\",\"b\"\n\"x\",\"y\"\n\"z\",\"u", 22, "line 3: a quoted cell opens"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        frame *f = NULL;
        ptg_error err = {0};
        ptg_status status = frame_read(fixture_file(cases[i].bytes, cases[i].size), NULL, &f, &err);
        if (status != PTG_ERROR_DATA || !strstr(err.message, cases[i].part))
            fail_msg("case %zu: %d %s", i, status, err.message);
        assert_null(f);
    }
    unlink(fixture_path());
    frame *f = NULL;
    assert_int_equal(frame_read("/nonexistent/x.csv", NULL, &f, NULL), PTG_ERROR_IO);
}

static void reads_another_file_by_schema(void **state)
{
    (void)state;
    frame *train =
        fixture_read("n;c;d;t\n1,5;u;03/04/2020;some words here\n2,0;NA;25/04/2020;other words there\n?;u;01/12/2021;"
                     "and yet more words\n4,25;w;02/02/2022;nothing else to say\n",
                     NULL);
    assert_string_equal(fixture_types(train), "n:numeric c:categorical d:datetime t:text");
    json_t *schema = frame_schema(train);
    frame_read_options options = {.schema = schema};
    frame *f = fixture_read("t,extra,d,c\n\"one\",1,11/12/2020,NA\n\"two\",2,2020/01/01,zz\n", &options);
    assert_string_equal(fixture_types(f), "t:text d:datetime c:categorical");
    assert_string_equal(fixture_cells(f), "one|2020-12-11|~/two|~|zz");
    assert_int_equal(frame_column(f, 1)->n_invalid, 1);
    assert_int_equal(frame_column(f, 2)->n_missing, 1);
    assert_int_equal(frame_find(f, text_of("n")), -1);
    frame_free(f);
    f = fixture_read("n;c\n", &options);
    assert_int_equal(frame_rows(f), 0);
    assert_string_equal(fixture_types(f), "n:numeric c:categorical");
    frame_free(f);
    f = fixture_read("n;c\n7,5;a\nbad;b\n", &options);
    assert_string_equal(fixture_cells(f), "7.5|a/~|b");
    frame_free(f);
    json_decref(schema);
    frame_free(train);
}

static void takes_types_and_row_limits(void **state)
{
    (void)state;
    json_t *types = json_pack("{s:s,s:s}", "a", "Categorical", "b", "text");
    frame_read_options options = {.types = types, .max_rows = 2};
    frame *f = fixture_read("a,b\n1.0,x\n2,y\n3,z\n", &options);
    assert_string_equal(fixture_types(f), "a:categorical b:text");
    assert_string_equal(fixture_cells(f), "1|x/2|y");
    frame_free(f);
    json_object_set_new(types, "zz", json_string("text"));
    ptg_error err;
    assert_int_equal(fixture_try("a,b\n1,2\n", &options, &f, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "'zz'"));
    json_decref(types);
    types = json_pack("{s:s}", "a", "colour");
    options.types = types;
    assert_int_equal(fixture_try("a,b\n1,2\n", &options, &f, &err), PTG_ERROR_USAGE);
    json_decref(types);
}

/* A file of many chunks, with line feeds in quotes, ragged rows, texts and late surprises: the frame is the same at any number
 * of threads. */
static char *large_csv(size_t *size)
{
    text_buffer b = {0};
    text_append(&b, "n,c,t,late,q\n");
    for (int i = 0; i < 60000; i++) {
        text_print(&b, "%d,level%d,\"some text %d,%s with \"\"quotes\"\" %d\",", i * 7 % 1000, i % 37, i, i % 3 ? "" : "\n\n",
                   i % 100);
        text_print(&b, i > 50000 && i % 2 ? "word%d" : "%d", i);
        text_print(&b, i % 5000 == 17 ? ",1,2\n" : ",%d.5\n", i);
    }
    *size = (size_t)b.size;
    return text_buffer_take(&b);
}

static void is_the_same_at_any_thread_count(void **state)
{
    (void)state;
    size_t size;
    char *csv = large_csv(&size);
    const char *path = fixture_file(csv, size);
    char hashes[3][5][33];
    for (int k = 0; k < 3; k++) {
        pool *p = k ? pool_new(k + 1) : NULL;
        frame_read_options options = {.threads = p};
        frame *f = NULL;
        ptg_error err = {0};
        if (frame_read(path, &options, &f, &err)) fail_msg("%s", err.message);
        assert_int_equal(frame_rows(f), 60000);
        assert_int_equal(frame_ragged_count(f), 12);
        assert_string_equal(fixture_types(f), "n:numeric c:categorical t:text late:categorical q:numeric");
        char scratch[64];
        assert_true(text_equal_to(frame_cell(f, 2, 59999, scratch), "some text 59999, with \"quotes\" 99"));
        assert_true(text_equal_to(frame_cell(f, 2, 59997, scratch), "some text 59997,\n\n with \"quotes\" 97"));
        assert_true(text_equal_to(frame_cell(f, 3, 59997, scratch), "word59997"));
        for (int i = 0; i < 5; i++)
            frame_column_hash(f, i, hashes[k][i]);
        int32_t n;
        assert_int_equal(frame_ragged_rows(f, &n)[0].line, 2 + 17 + 2 * 6);
        frame_free(f);
        pool_free(p);
    }
    assert_memory_equal(hashes[0], hashes[1], sizeof hashes[0]);
    assert_memory_equal(hashes[0], hashes[2], sizeof hashes[0]);
    unlink(path);
    mem_free(csv);
}

/* Columns of which nearly every text is new, over many batches of parts; every 1000th text stood before. */
static void keeps_many_texts_apart(void **state)
{
    (void)state;
    enum { ROWS = 200000 };
    text_buffer b = {0};
    text_append(&b, "id,q\n");
    for (int i = 0; i < ROWS; i++)
        text_print(&b, "w%d,\"x \"\"%d\"\"\"\n", i % 1000 ? i : 1, i % 1000 ? i : 1);
    char hashes[2][2][33];
    for (int k = 0; k < 2; k++) {
        pool *p = pool_new(1 + 2 * k);
        frame *f = fixture_read(b.data, &(frame_read_options){.threads = p, .chunk_bytes = k ? 20000 : 30000});
        char scratch[64];
        assert_int_equal(frame_column(f, 0)->n_levels, ROWS - ROWS / 1000);
        assert_true(text_equal_to(frame_cell(f, 0, 199000, scratch), "w1"));
        assert_true(text_equal_to(frame_cell(f, 0, 199999, scratch), "w199999"));
        assert_true(text_equal_to(frame_cell(f, 1, 199999, scratch), "x \"199999\""));
        for (int i = 0; i < 2; i++)
            frame_column_hash(f, i, hashes[k][i]);
        frame_free(f);
        pool_free(p);
    }
    assert_memory_equal(hashes[0], hashes[1], sizeof hashes[0]);
    text_buffer_clear(&b);
}

/* A quote that the sample cannot show: after it quotes must turn out to be plain characters. */
static void late_quotes_are_plain(void **state)
{
    (void)state;
    text_buffer b = {0};
    text_append(&b, "a,b\n");
    for (int i = 0; i < 40000; i++)
        text_print(&b, "%d,%s\n", i, i == 39000 ? "\"odd" : "some words");
    frame *f = fixture_read(b.data, NULL);
    assert_int_equal(frame_rows(f), 40000);
    assert_false(frame_dialect_of(f)->quoted);
    text_buffer_clear(&b);
    frame_free(f);
}

/* Lines that are longer than the sample. */
static void reads_wide_tables(void **state)
{
    (void)state;
    text_buffer b = {0};
    for (int row = -1; row < 30; row++)
        for (int i = 0; i < 40000; i++)
            text_print(&b, row < 0 ? "feature%d%s" : "%d%s", row < 0 ? i : i + row, i < 39999 ? "," : "\n");
    frame *f = fixture_read(b.data, NULL);
    assert_int_equal(frame_columns(f), 40000);
    assert_int_equal(frame_rows(f), 30);
    assert_int_equal(frame_ragged_count(f), 0);
    assert_int_equal(frame_find(f, text_of("feature39999")), 39999);
    assert_true(frame_column(f, 39999)->numbers[29] == 39999 + 29);
    text_buffer_clear(&b);
    frame_free(f);
}

/* The n-th allocation fails: a status, never a crash or leak (with sanitizers). */
static void survives_failing_allocations(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    static const char csv[] = "a,b,c\n1,\"x \"\"y\"\" z\",2020-01-01\nzz,NA,2020-01-02\n3,some text\n";
    fixture_file(csv, sizeof csv - 1);
    for (int64_t n = 1; n < 400; n++) {
        frame *f = NULL;
        ptg_error err = {0};
        mem_fail_at(n);
        ptg_status status = frame_read(fixture_path(), NULL, &f, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || (status == PTG_ERROR_MEMORY && !f));
        frame_free(f);
    }
    unlink(fixture_path());
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_dialect),
        cmocka_unit_test(counts_ragged_rows),
        cmocka_unit_test(converts_encodings),
        cmocka_unit_test(replaces_few_broken_bytes),
        cmocka_unit_test(reads_gzip),
        cmocka_unit_test(refuses_with_one_sentence),
        cmocka_unit_test(reads_another_file_by_schema),
        cmocka_unit_test(takes_types_and_row_limits),
        cmocka_unit_test(is_the_same_at_any_thread_count),
        cmocka_unit_test(keeps_many_texts_apart),
        cmocka_unit_test(late_quotes_are_plain),
        cmocka_unit_test(reads_wide_tables),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
