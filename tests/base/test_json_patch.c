/* JSON Patch: the examples of RFC 6902, appendix A, and what must leave a document as it was. */
#include "check.h"

#include "base/json_patch.h"

static json_t *parse(const char *source)
{
    ptg_error err;
    json_t *value;
    CHECK_OK(json_read(text_of(source), "test", &value, &err));
    return value;
}

static const struct {
    const char *document, *patch;
    const char *result; /* NULL: refused */
    const char *part;   /* of the message then */
} cases[] = {
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]", "{\"baz\":\"qux\",\"foo\":\"bar\"}", ""},
    {"{\"foo\":[\"bar\",\"baz\"]}", "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
     "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", ""},
    {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}", ""},
    {"{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}", ""},
    {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
     "{\"baz\":\"boo\",\"foo\":\"bar\"}", ""},
    {"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
     "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
     "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}", ""},
    {"{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}", "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
     "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}", ""},
    {"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
     "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2.0}]",
     "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}", ""},
    {"{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL, "/baz is \"qux\" by now"},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
     "{\"child\":{\"grandchild\":{}},\"foo\":\"bar\"}", ""},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL,
     "/baz/bat: there is no such place"},
    {"{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10},{\"op\":\"remove\",\"path\":\"/~1\"}]",
     "{\"~1\":10}", ""},
    {"{\"foo\":[\"bar\"]}", "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\"]}]", "{\"foo\":[\"bar\",[\"abc\"]]}", ""},
    {"{\"foo\":[]}", "[{\"op\":\"copy\",\"from\":\"/foo\",\"path\":\"/bar\"},{\"op\":\"add\",\"path\":\"/bar/0\",\"value\":1}]",
     "{\"bar\":[1],\"foo\":[]}", ""},
    {"[1]", "[{\"op\":\"replace\",\"path\":\"\",\"value\":{}}]", "{}", ""},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/2\",\"value\":1}]", NULL, "/a/2"},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/01\",\"value\":1}]", NULL, "/a/01"},
    {"{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/-\",\"value\":1}]", NULL, "/a/-"},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":1}]", NULL, "/b: there is no such place"},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/b\",\"value\":1}]", NULL, "/b: there is no such place"},
    {"{\"a\":{}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", NULL, "into itself"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL, "whole document"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"a\"}]", NULL, "begins with a slash"},
    {"{\"a\":1}", "[{\"op\":\"colour\",\"path\":\"/a\"}]", NULL, "none of RFC 6902"},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\"}]", NULL, "none of RFC 6902"},
    {"{\"a\":1}", "[7]", NULL, "none of RFC 6902"},
    {"{\"a\":1}", "{}", NULL, "array of operations"},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2},{\"op\":\"test\",\"path\":\"/a\",\"value\":1}]", NULL,
     "/a is 2 by now"},
};

static void patches(void **state)
{
    (void)state;
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document = parse(cases[i].document), *before = json_deep_copy(document), *patch = parse(cases[i].patch), *out;
        if (cases[i].result) {
            CHECK_OK(json_patch_apply(document, patch, &out, &err));
            char *written = json_canonical(out);
            assert_string_equal(written, cases[i].result);
            mem_free(written);
            json_decref(out);
        } else {
            CHECK_FAILS(PTG_ERROR_USAGE, cases[i].part, json_patch_apply(document, patch, &out, &err));
            assert_null(out);
        }
        assert_true(json_equal(document, before));
        json_decref(document);
        json_decref(before);
        json_decref(patch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
