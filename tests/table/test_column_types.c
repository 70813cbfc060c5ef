/* The type of a column from its cells: each case is one column, cells joined by '/', read as a file and built from memory,
 * which must agree. */
#include "table_fixture.h"

#include <math.h>

typedef struct type_case {
    const char *cells;
    int repeat; /* the cells this many times */
    const char *type, *format;
    int64_t n_missing, n_invalid;
    int32_t n_levels, n_tokens;
} type_case;

static const type_case cases[] = {
    {"1/2/3", 1, "numeric", "", 0, 0, 0, 0},
    {"0/1/0/1", 1, "numeric", "", 0, 0, 0, 0},
    {"1/NA/3/?/-/none/ ", 1, "numeric", "", 5, 0, 0, 4},
    {"1.5/inf/-2", 1, "numeric", "", 0, 0, 0, 0},
    {"NA/NA/ ", 1, "numeric", "", 3, 0, 0, 1},
    {" / ", 1, "numeric", "", 2, 0, 0, 0},
    {"1/2/3/4/5/6/7/8/9/bad", 10, "categorical", "", 0, 0, 10, 0},
    {"007/012/100", 1, "categorical", "", 0, 0, 3, 0},
    {"0.5/0.25", 1, "numeric", "", 0, 0, 0, 0},
    {"12345678901234567/12345678901234568", 1, "categorical", "", 0, 0, 2, 0},
    {"yes/no/yes", 1, "categorical", "", 0, 0, 2, 0},
    {"true/false", 1, "categorical", "", 0, 0, 2, 0},
    {"red/unknown/None/NA/?", 1, "categorical", "", 2, 0, 3, 2}, /* one other level: unknown stays */
    {"NA/NA/NA/red", 1, "categorical", "", 0, 0, 2, 0},
    {"A1/A2/A3/A4", 1, "categorical", "", 0, 0, 4, 0},
    {"2 years/3 weeks/1 month", 5, "numeric", "decimal=. thousands=, measure=duration unit=weeks", 0, 0, 0, 0},
    {"jan/feb/mar", 1, "categorical", "", 0, 0, 3, 0},
    {"the quick fox/a lazy old dog/jumps over it", 1, "text", "", 0, 0, 0, 0},
    {"the quick fox/a lazy old dog/NA/jumps over it", 1, "text", "", 1, 0, 0, 1},
    {"strongly agree with it/do not agree at all", 50, "categorical", "", 0, 0, 2, 0},
    {"2012-01-10/2013-02-11", 1, "datetime", "%Y-%m-%d", 0, 0, 0, 0},
    {"2012-01-10 10:00/2013-02-11 11:30:15", 1, "datetime", "%Y-%m-%d %H:%M:%S", 0, 0, 0, 0},
    {"2012-01-10T10:00:00.25Z/NA", 1, "datetime", "%Y-%m-%dT%H:%M:%S.%f%z", 1, 0, 0, 1},
    {"01\\02\\2012/13\\02\\2012", 1, "datetime", "%d/%m/%Y", 0, 0, 0, 0},
    {"01\\02\\2012/02\\13\\2012", 1, "datetime", "%m/%d/%Y", 0, 0, 0, 0},
    {"01\\02\\2012/03\\04\\2012", 1, "datetime", "%m/%d/%Y", 0, 0, 0, 0},
    {"01.02.2012/31.12.2012", 1, "datetime", "%d.%m.%Y", 0, 0, 0, 0},
    {"2012-01-10/not a day", 1, "text", "", 0, 0, 0, 0},
    {"2010/2011/2012", 1, "numeric", "", 0, 0, 0, 0},
    {"[1 2]/[2 3]", 1, "sequence", "", 0, 0, 0, 0},
    {"[1, 2, 3]/[4, 5]", 1, "sequence", "", 0, 0, 0, 0},
    {"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\xE5\x8C\xBA/\xE5\xA4\xA7\xE9\x98\xAA\xE5\xBA\x9C\xE5\xB8\x82", 1, "text", "", 0, 0,
     0, 0},
};

/* Cells of a case: '/' splits, '\\' stands for '/', a blank for an empty cell. */
static int64_t split(const type_case *c, text *cells, char *bytes)
{
    int64_t n = 0;
    strcpy(bytes, c->cells);
    for (char *at = bytes; at;) {
        char *slash = strchr(at, '/');
        if (slash) *slash = '\0';
        for (char *p = at; *p; p++)
            if (*p == '\\') *p = '/';
        cells[n++] = text_of(at);
        at = slash ? slash + 1 : NULL;
    }
    int64_t once = n;
    for (int k = 1; k < c->repeat; k++)
        for (int64_t i = 0; i < once; i++)
            cells[n++] = cells[i];
    return n;
}

static void check(size_t i, const type_case *c, const column *found, const char *how)
{
    bool same = !strcmp(column_type_names[found->type], c->type) && text_equal_to(found->format, c->format) &&
                found->n_missing == c->n_missing && found->n_invalid == c->n_invalid && found->n_levels == c->n_levels &&
                found->n_missing_tokens == c->n_tokens;
    if (!same)
        fail_msg("case %zu %s (%s): %s, format %.*s, missing %d, invalid %d, levels %d, tokens %d: %.*s", i, how, c->cells,
                 column_type_names[found->type], (int)found->format.size, found->format.data, (int)found->n_missing,
                 (int)found->n_invalid, (int)found->n_levels, (int)found->n_missing_tokens, (int)found->reason.size,
                 found->reason.data);
}

static void finds_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text cells[256];
        char bytes[256];
        int64_t n = split(&cases[i], cells, bytes);
        text_buffer csv = {0};
        text_append(&csv, "key,x\n");
        for (int64_t row = 0; row < n; row++) {
            text_print(&csv, "k%d,", (int)row);
            text_append_csv(&csv, cells[row], ',');
            text_append(&csv, "\n");
        }
        frame *f = fixture_read(csv.data, NULL);
        check(i, &cases[i], frame_column(f, 1), "file");
        frame_builder *b = frame_builder_new(n);
        frame *built;
        assert_int_equal(frame_builder_texts(b, text_of("x"), cells, -1, NULL), PTG_OK);
        assert_int_equal(frame_builder_end(b, &built, NULL), PTG_OK);
        check(i, &cases[i], frame_column(built, 0), "memory");
        char one[33], two[33];
        frame_column_hash(f, 1, one);
        frame_column_hash(built, 0, two);
        assert_string_equal(one, two);
        frame_free(built);
        frame_free(f);
        text_buffer_clear(&csv);
    }
}

static void keeps_invalid_texts(void **state)
{
    (void)state;
    text_buffer csv = {0};
    text_append(&csv, "x,y\n");
    for (int i = 0; i < 1000; i++)
        text_print(&csv, "%s,1\n", i == 5 || i == 700 ? "twelve" : i == 9 ? "ten" : "4");
    frame *f = fixture_read(csv.data, NULL);
    const column *c = frame_column(f, 0);
    assert_int_equal(c->type, COLUMN_NUMERIC);
    assert_int_equal(c->n_invalid, 3);
    assert_int_equal(c->n_top_invalid, 2);
    assert_true(text_equal_to(c->top_invalid[0].value, "twelve"));
    assert_int_equal(c->top_invalid[0].count, 2);
    assert_true(isnan(c->numbers[5]) && c->numbers[6] == 4);
    assert_true(c->integers);
    frame_free(f);
    text_buffer_clear(&csv);
}

static json_t *wanted(const char *text_json)
{
    json_t *out = json_loads(text_json, 0, NULL);
    assert_non_null(out);
    return out;
}

static frame *retyped(const frame *f, const char *text_json)
{
    json_t *columns = wanted(text_json);
    frame *out = NULL;
    ptg_error err = {0};
    if (frame_retype(f, columns, &out, &err)) fail_msg("%s", err.message);
    json_decref(columns);
    return out;
}

static void retypes(void **state)
{
    (void)state;
    frame *f = fixture_read("n,c,d\n999,NA,2012-01-10\n2.0,Ab,2013-01-10\n?,Zy,2014-01-10\n2,Ab,\n", NULL);
    assert_string_equal(fixture_cells(f), "999|~|2012-01-10/2|Ab|2013-01-10/~|Zy|2014-01-10/2|Ab|~");
    frame *g = retyped(f, "{\"n\": {\"missing_tokens\": [\"999\", \"?\"]}, \"c\": {\"missing_tokens\": []}}");
    assert_string_equal(fixture_cells(g), "~|NA|2012-01-10/2|Ab|2013-01-10/~|Zy|2014-01-10/2|Ab|~");
    assert_int_equal(frame_column(g, 0)->n_missing, 2);
    frame *h = retyped(g, "{\"n\": {\"type\": \"categorical\"}, \"d\": {\"type\": \"text\"}}");
    assert_string_equal(fixture_types(h), "n:categorical c:categorical d:text");
    assert_string_equal(fixture_cells(h), "999|NA|2012-01-10/2|Ab|2013-01-10/~|Zy|2014-01-10/2|Ab|~");
    frame_free(f);
    frame_free(g); /* h holds what it shares */
    g = retyped(h, "{\"n\": {\"type\": \"numeric\"}, \"c\": {\"type\": \"numeric\"}, \"d\": {\"type\": \"datetime\"}}");
    assert_string_equal(fixture_cells(g), "999|~|2012-01-10/2|~|2013-01-10/~|~|2014-01-10/2|~|~");
    assert_int_equal(frame_column(g, 1)->n_invalid, 3);
    frame_free(g);
    ptg_error err;
    json_t *bad = wanted("{\"zz\": {\"type\": \"text\"}}");
    assert_int_equal(frame_retype(h, bad, &g, &err), PTG_ERROR_USAGE);
    json_decref(bad);
    frame_free(h);
}

/* A retyped frame and a file that is read with its schema have the same levels and hashes. */
static void a_schema_reads_what_was_retyped(void **state)
{
    (void)state;
    static const char csv[] = "n,d,c\n17.0,25/01/2012,x\n3,26/01/2012,NA\n17,27/01/2012,NA\nNA,25/01/2012,y z\n5,,x\n";
    frame *f = fixture_read(csv, NULL);
    frame *g =
        retyped(f, "{\"n\": {\"type\": \"categorical\"}, \"d\": {\"type\": \"categorical\"}, \"c\": {\"type\": \"text\"}}");
    json_t *schema = frame_schema(g);
    frame_read_options options = {.schema = schema};
    frame *h = fixture_read(csv, &options);
    assert_string_equal(fixture_types(h), fixture_types(g));
    for (int i = 0; i < 3; i++) {
        char one[33], two[33];
        frame_column_hash(g, i, one);
        frame_column_hash(h, i, two);
        assert_string_equal(one, two);
    }
    assert_string_equal(fixture_cells(h), "17|2012-01-25|x/3|2012-01-26|~/17|2012-01-27|~/~|2012-01-25|y z/5|~|x");
    json_decref(schema);
    frame_free(h);
    frame_free(g);
    frame_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_types),
        cmocka_unit_test(keeps_invalid_texts),
        cmocka_unit_test(retypes),
        cmocka_unit_test(a_schema_reads_what_was_retyped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
