/* JSON Lines: keys, nested values, escapes, refusals; the same at any size of parts. */
#include "table_fixture.h"

#include "table/json_lines.h"

typedef struct lines_case {
    const char *lines, *types, *cells;
} lines_case;

static const lines_case cases[] = {
    {"{\"a\":1,\"b\":\"x\"}\n{\"a\":2.5,\"b\":\"y\"}\n", "a:numeric b:categorical", "1|x/2.5|y"},
    {"{\"a\":1}\n\n{\"b\":\"y\", \"a\":null}\r\n{ }\n", "a:numeric b:categorical", "1|~/~|y/~|~"},
    {"{\"a\":{\"b\":{\"c\":1},\"d\":true},\"e\":[1,2]}\n{\"a\":{\"d\":false},\"e\":[3, 4, {\"x\":[]}]}\n",
     "a.b.c:numeric a.d:categorical e:sequence", "1|true|[1,2]/~|false|[3, 4, {\"x\":[]}]"},
    {"{\"k\":\"a \\\"b\\\" \\u00e9\\ud83d\\ude00\\n\\u0000\"}\n{\"k\":\"z\"}\n", "k:text",
     "a \"b\" \xC3\xA9\xF0\x9F\x98\x80\n\xEF\xBF\xBD/z"},
    {"{\"n\\u0061me\":12345678901234567890,\"x\":1e400}\n{\"name\":12345678901234567891,\"x\":NaN}\n",
     "name:categorical x:numeric", "12345678901234567890|inf/12345678901234567891|~"},
    {"  {\"a\" : [ ] , \"b\" : -1.5e3 }  \n{\"a\":[],\"b\":0}", "a:sequence b:numeric", "[ ]|-1500/[]|0"},
};

static void reads_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int64_t bytes = 0; bytes < 3; bytes++) {
            frame *f = fixture_read(cases[i].lines, &(frame_read_options){.chunk_bytes = bytes});
            if (strcmp(fixture_types(f), cases[i].types) || strcmp(fixture_cells(f), cases[i].cells))
                fail_msg("case %zu: %s; %s", i, fixture_types(f), fixture_cells(f));
            assert_true(text_equal_to(frame_dialect_of(f)->format, "json-lines"));
            frame_free(f);
        }
}

static void refuses_with_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *part;
    } bad[] = {
        {"{\"a\":1}\n[1]\n", "line 2: it does not begin with {"},
        {"{\"a\":1}\n{\"a\":1} x\n", "line 2: something follows"},
        {"{\"a\":1}\n{\"a\":}\n", "line 2: a value is no JSON value"},
        {"{\"a\":1}\n{\"a\":\"x\n", "line 2: a text in quotes is not closed"},
        {"{\"a\":1}\n\n{\"a\":\"\\q\"}\n", "line 3: a text holds an unknown escape"},
        {"{\"a\":1}\n{\"a\":\"\\u12g4\"}\n", "four hexadecimal digits"},
        {"{\"a\":1}\n{\"a\":1,\"a\":2}\n", "two members of one name"},
        {"{\"a\":1}\n{a:1}\n", "must be a text in double quotes"},
        {"{\"a\":1}\n{\"a\":1\n", "an object is not closed"},
        {"{\"a\":1}\n{\"a\":1.}\n", "ends with its point"},
        {"{\"a\":1}\n{\"a\":[1,2}\n", "a list is not closed"},
        {"{\"\":1}\n", "a key is blank"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        frame *f = NULL;
        ptg_error err = {0};
        ptg_status status = fixture_try(bad[i].lines, NULL, &f, &err);
        if (status != PTG_ERROR_DATA || !strstr(err.message, bad[i].part)) fail_msg("case %zu: %d %s", i, status, err.message);
    }
}

static void refuses_deep_values(void **state)
{
    (void)state;
    text_buffer b = {0};
    text_append(&b, "{\"a\":1}\n{\"a\":");
    for (int i = 0; i < 100000; i++)
        text_append(&b, "[");
    frame *f = NULL;
    ptg_error err = {0};
    assert_int_equal(fixture_try(b.data, NULL, &f, &err), PTG_ERROR_DATA);
    assert_non_null(strstr(err.message, "line 2: values are nested too deep"));
    text_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_lines), cmocka_unit_test(refuses_with_the_line),
                                       cmocka_unit_test(refuses_deep_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
