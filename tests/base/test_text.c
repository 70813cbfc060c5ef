/* Text: spans, UTF-8, the buffer, every escape, and errors, which are shown by them. */
#include "check.h"

#include "base/text.h"

typedef void (*append_text)(text_buffer *b, text t);

static void expect(append_text append, text t, const char *expected)
{
    text_buffer b = {0};
    append(&b, t);
    char *got = text_buffer_take(&b);
    assert_string_equal(got, expected);
    mem_free(got);
}

static void spans(void **state)
{
    (void)state;
    text missing = {0}, empty = {"", 0};
    assert_false(text_equal(missing, empty));
    assert_true(text_equal(missing, missing));
    assert_true(text_equal_to((text){"abc", 2}, "ab"));
    assert_true(text_equal_to(missing, NULL));
    assert_true(text_compare(missing, empty) < 0);
    assert_true(text_compare(empty, text_of("a")) < 0);
    assert_true(text_compare(text_of("a"), text_of("ab")) < 0);
    assert_true(text_compare(text_of("\xff"), text_of("a")) > 0);
    assert_int_equal(text_compare(missing, missing), 0);
    assert_true(text_equal_to(text_trim(text_of(" \t\r\n a b \n")), "a b"));
    assert_int_equal(text_trim(text_of("  ")).size, 0);
    assert_null(text_trim(missing).data);
    assert_true(text_equal_folded(text_of("TrUe"), "true"));
    assert_false(text_equal_folded(text_of("\xc3\x89"), "\xc3\xa9"));
    assert_int_equal(text_length(text_of("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
    assert_true(text_hash(text_of("a")) != text_hash(text_of("b")));
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {{"", true},
                 {"plain ascii longer than a word", true},
                 {"12345678\xc3\xa9", true},
                 {"\xf4\x8f\xbf\xbf", true},
                 {"\xef\xbf\xbf", true},
                 {"\xc0\x80", false}, /* overlong */
                 {"\xc1\xbf", false},
                 {"\xe0\x9f\xbf", false},
                 {"\xf0\x8f\xbf\xbf", false},
                 {"\xed\xa0\x80", false},     /* surrogate */
                 {"\xf4\x90\x80\x80", false}, /* beyond U+10FFFF */
                 {"\xf5\x80\x80\x80", false},
                 {"\x80", false},
                 {"\xc3", false}, /* cut short */
                 {"abcdefgh\xe2\x82", false},
                 {"\xe2(\xa1", false}};
    for (int64_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(text_is_utf8(text_of(cases[i].text)), cases[i].valid);
    assert_false(text_is_utf8((text){"\xc3\xa9", 1})); /* the byte behind the span does not count */
}

static void buffers(void **state)
{
    (void)state;
    ptg_error err;
    text_buffer b = {0};
    for (int i = 0; i < 1000; i++)
        text_print(&b, "%d,", i);
    text_append_number(&b, 0.25);
    text_append_span(&b, (text){0});
    CHECK_OK(text_buffer_check(&b, &err));
    assert_int_equal(b.size, 3890 + 4);
    assert_memory_equal(b.data + b.size - 8, "999,0.25", 9);
    text_buffer_clear(&b);
    assert_null(b.data);
    char *empty = text_buffer_take(&b);
    assert_string_equal(empty, "");
    mem_free(empty);
}

static void failing_buffer(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    ptg_error err;
    text_buffer b = {0};
    text_append(&b, "kept");
    mem_fail_at(1);
    text_append_bytes(&b, "0123456789012345678901234567890123456789012345678901234567890123456789", 70);
    assert_true(b.failed);
    text_append(&b, "ignored");
    assert_string_equal(b.data, "kept");
    CHECK_FAILS(PTG_ERROR_MEMORY, "memory", text_buffer_check(&b, &err));
    assert_null(text_buffer_take(&b));
    text_buffer_clear(&b);
#endif
}

static void html(void **state)
{
    (void)state;
    expect(text_append_html, text_of("<a href=\"x\" o='&'>\xc3\xa9"), "&lt;a href=&quot;x&quot; o=&#39;&amp;&#39;&gt;\xc3\xa9");
    expect(text_append_html, (text){"a\0b\xff", 4},
           "a\xef\xbf\xbd"
           "b\xef\xbf\xbd");
    expect(text_append_html, (text){0}, "");
}

static void markdown(void **state)
{
    (void)state;
    expect(text_append_markdown, text_of("a|b`c*d_e[f](g)"), "a&#124;b&#96;c&#42;d&#95;e&#91;f&#93;(g)");
    expect(text_append_markdown, text_of("<b>&"), "&lt;b&gt;&amp;");
    expect(text_append_markdown, text_of("$x$\\"), "<span>&#36;</span>x<span>&#36;</span><span>&#92;</span>");
    expect(text_append_markdown, text_of("a\r\nb"), "a&#13;&#10;b");
    expect(text_append_markdown, text_of("# a - b"), "&#35; a - b");
    expect(text_append_markdown, text_of("12. x. 3.5"), "12&#46; x. 3.5");
    expect(text_append_markdown, text_of("3.5"), "3.5");
    expect(text_append_markdown, text_of("http://WWW.a.b, c@d.e"), "http&#58;//WWW&#46;a.b, c&#64;d.e");
}

/* As Python's ascii() writes them. */
static void python(void **state)
{
    (void)state;
    expect(text_append_python, text_of("plain"), "'plain'");
    expect(text_append_python, text_of("it's"), "\"it's\"");
    expect(text_append_python, text_of("'\""), "'\\'\"'");
    expect(text_append_python, text_of("a\\\n\r\t\x01\x7f"), "'a\\\\\\n\\r\\t\\x01\\x7f'");
    expect(text_append_python, text_of("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xae"), "'\\xe9\\u20ac\\U0001f600\\u202e'");
    expect(text_append_python,
           text_of("\xff"
                   "a"),
           "'\\udcffa'");
    expect(text_append_python, (text){"\0", 1}, "'\\x00'");
}

static void csv_comma(text_buffer *b, text t)
{
    text_append_csv(b, t, ',');
}

static void csv(void **state)
{
    (void)state;
    expect(csv_comma, text_of("plain; =1+1"), "plain; =1+1");
    expect(csv_comma, text_of("a,b"), "\"a,b\"");
    expect(csv_comma, text_of("\"\"x\""), "\"\"\"\"\"x\"\"\"");
    expect(csv_comma, text_of("a\nb"), "\"a\nb\"");
    expect(csv_comma, text_of(""), "");
}

static void shown_10(text_buffer *b, text t)
{
    text_append_shown(b, t, 10);
}

static void shown(void **state)
{
    (void)state;
    expect(shown_10, text_of("a\nb\x1b[0m"), "a\\nb\\x1b[0\xe2\x80\xa6");
    expect(shown_10,
           text_of("\xe2\x80\xae"
                   "abc\xff"),
           "\\u202eabc\xe2\x80\xa6");
    expect(shown_10, text_of("0123456789"), "0123456789");
    text_shown_buffer out;
    text_buffer b = {0};
    for (int i = 0; i < 100; i++)
        text_append(&b, "\xf0\x9f\x98\x80");
    text_shown((text){b.data, b.size}, &out);
    assert_int_equal(text_length(text_of(out.data)), 81);
    assert_int_equal(strlen(out.data), 323);
    char small[8];
    assert_int_equal(text_show(text_of("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), 80, small, sizeof small), 7);
    assert_string_equal(small, "\xf0\x9f\x98\x80\xe2\x80\xa6");
    assert_int_equal(text_show(text_of("1234567"), 80, small, sizeof small), 7);
    text_buffer_clear(&b);
}

static void base64(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
                                           {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfd", "//79"}};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        text_buffer b = {0};
        text_append_base64(&b, cases[i][0], (int64_t)strlen(cases[i][0]));
        char *got = text_buffer_take(&b);
        assert_string_equal(got, cases[i][1]);
        mem_free(got);
    }
}

static void nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"max_depth", "learning_rate", "subsample"};
    static const char *const cases[][2] = {
        {"max_dept", "max_depth"}, {"LEARNING_RATE", "learning_rate"}, {"sub_sampel", "subsample"}, {"zzz", NULL}, {"", NULL}};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        text_nearness near = text_nearness_of(text_of(cases[i][0]));
        for (int64_t j = 0; j < COUNT(names); j++)
            text_nearness_try(&near, names[j]);
        if (cases[i][1])
            assert_string_equal(near.best, cases[i][1]);
        else
            assert_null(near.best);
    }
}

static void errors(void **state)
{
    (void)state;
    ptg_error err;
    assert_int_equal(fail(NULL, PTG_ERROR_IO, "x"), PTG_ERROR_IO);
    assert_int_equal(fail(&err, PTG_ERROR_DATA, "a\nb\x1b %s", "\xe2\x80\xae"), PTG_ERROR_DATA);
    assert_string_equal(err.message, "a\\nb\\x1b \\u202e");
    assert_int_equal(fail_within(&err, PTG_ERROR_IO, "row %d", 3), PTG_ERROR_DATA);
    assert_string_equal(err.message, "row 3: a\\nb\\x1b \\u202e");
    char euros[1000];
    for (int i = 0; i < 333; i++)
        memcpy(euros + 3 * i, "\xe2\x82\xac", 4);
    fail(&err, PTG_ERROR_DATA, "x%s", euros);
    assert_true(text_is_utf8(text_of(err.message)));
    assert_true(strlen(err.message) >= PTG_ERROR_SIZE - 5);
    fail_within(&err, PTG_ERROR_DATA, "%s%s%s", euros, euros, euros);
    assert_true(text_is_utf8(text_of(err.message)));
    fail_errno(&err, "open", "/nowhere");
    assert_int_equal(err.status, PTG_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans), cmocka_unit_test(utf8),     cmocka_unit_test(buffers), cmocka_unit_test(failing_buffer),
        cmocka_unit_test(html),  cmocka_unit_test(markdown), cmocka_unit_test(python),  cmocka_unit_test(csv),
        cmocka_unit_test(shown), cmocka_unit_test(base64),   cmocka_unit_test(nearest), cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
