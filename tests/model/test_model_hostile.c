/* best.ptg from outside: cut, altered, and built to mislead. Nothing of it may be believed, crash or take memory without bound.
 */
#include <zstd.h>

#include "base/hash.h"
#include "model_sample.h"

static bytes_writer sample_bytes(const sample_options *o)
{
    ptg_error err = {0};
    bytes_writer w = {0};
    model *m = sample_model(o);
    sample_check(model_save_bytes(m, &w, &err), &err);
    model_free(m);
    return w;
}

static void assert_refused(const void *data, int64_t size, const char *what)
{
    ptg_error err = {0};
    model *m = NULL;
    /* an exact copy, so that a sanitizer sees a read behind its end */
    char *copy = mem_array(size, 1);
    if (size) memcpy(copy, data, (size_t)size);
    ptg_status status = model_open_bytes(copy, size, "best.ptg", &m, &err);
    mem_free(copy);
    if (status != PTG_ERROR_FORMAT || m) fail_msg("%s: status %d, %s", what, (int)status, err.message);
    assert_true(strlen(err.message) > 20);
}

static void test_cut(void **state)
{
    (void)state;
    bytes_writer w = sample_bytes(&(sample_options){0});
    for (int64_t size = 0; size < w.size; size++)
        assert_refused(w.data, size, "cut");
    text_append(&w, "x");
    assert_refused(w.data, w.size, "longer");
    text_buffer_clear(&w);
}

static void test_altered(void **state)
{
    (void)state;
    bytes_writer w = sample_bytes(&(sample_options){.multiclass = true});
    for (int64_t i = 0; i < w.size; i++)
        for (int bit = 0; bit < 8; bit += 3) {
            w.data[i] = (char)(w.data[i] ^ (1 << bit));
            assert_refused(w.data, w.size, "altered");
            w.data[i] = (char)(w.data[i] ^ (1 << bit));
        }
    text_buffer_clear(&w);
}

static text_buffer packed(const text *sections, int32_t n)
{
    ptg_error err = {0};
    text_buffer w = {0};
    sample_check(container_write(sections, n, &w, &err), &err);
    return w;
}

/* The sample's sections with another header. */
static void refuse_header(const container *c, const json_t *header, const char *what)
{
    text_buffer json = {0};
    json_write(&json, header, 0, true);
    text sections[4];
    for (int32_t i = 0; i < c->n; i++)
        sections[i] = i ? c->sections[i] : (text){json.data, json.size};
    text_buffer w = packed(sections, c->n);
    assert_refused(w.data, w.size, what);
    text_buffer_clear(&w);
    text_buffer_clear(&json);
}

static void test_headers(void **state)
{
    (void)state;
    /* one key set to a value of JSON text, or removed (NULL) */
    static const struct {
        const char *key, *value;
    } cases[] = {{"problem_type", "\"ranking\""},
                 {"problem_type", "\"multiclass\""},
                 {"problem_type", "\"regression\""},
                 {"problem_type", "3"},
                 {"problem_type", NULL},
                 {"classes", "[]"},
                 {"classes", "[\"blue\"]"},
                 {"classes", "[\"blue\",\"red\",\"x\"]"},
                 {"classes", "[1,2]"},
                 {"classes", "{}"},
                 {"classes", NULL},
                 {"positive_class", "\"green\""},
                 {"positive_class", "null"},
                 {"positive_class", NULL},
                 {"threshold", "2"},
                 {"threshold", "-1"},
                 {"threshold", "null"},
                 {"threshold", "\"0.5\""},
                 {"temperature", "0"},
                 {"temperature", "-1"},
                 {"temperature", NULL},
                 {"probability_floor", "0.9"},
                 {"probability_floor", "-0.1"},
                 {"probability_floor", NULL},
                 {"training_rows", "-5"},
                 {"training_rows", NULL},
                 {"target", "5"},
                 {"target", NULL},
                 {"objective", NULL},
                 {"engine", NULL},
                 {"engine", "[]"},
                 {"members", "[]"},
                 {"members", "{}"},
                 {"members", "[1]"},
                 {"members", "[{\"name\":\"x\",\"weight\":1,\"folds\":0}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":1,\"folds\":-1}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":1,\"folds\":2}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":1,\"folds\":2000000000}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":-1,\"folds\":1}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":0,\"folds\":1}]"},
                 {"members", "[{\"name\":\"x\",\"folds\":1}]"},
                 {"members", "[{\"name\":5,\"weight\":1,\"folds\":1}]"},
                 {"members", "[{\"name\":\"x\",\"weight\":1,\"folds\":1,\"path\":\"/etc\"}]"},
                 {"members", NULL},
                 {"schema", "{}"},
                 {"schema", "[]"},
                 {"schema", NULL},
                 {"schema", "{\"columns\":{}}"},
                 {"schema", "{\"columns\":{\"a\":{\"type\":\"text\"}}}"},
                 {"schema", "{\"columns\":{\"a\":{\"type\":5}}}"},
                 {"path", "\"/tmp\""}};
    bytes_writer w = sample_bytes(&(sample_options){0});
    ptg_error err = {0};
    container c = {0};
    sample_check(container_read(w.data, w.size, "best.ptg", &c, &err), &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *header = NULL, *value = NULL;
        sample_check(json_read(c.sections[0], "header", &header, &err), &err);
        if (cases[i].value) {
            sample_check(json_read(text_of(cases[i].value), "value", &value, &err), &err);
            json_object_set_new(header, cases[i].key, value);
        } else {
            assert_int_equal(json_object_del(header, cases[i].key), 0);
        }
        refuse_header(&c, header, cases[i].key);
        json_decref(header);
    }
    container_clear(&c);
    text_buffer_clear(&w);
}

static void test_sections(void **state)
{
    (void)state;
    bytes_writer w = sample_bytes(&(sample_options){0}), other = sample_bytes(&(sample_options){.multiclass = true});
    ptg_error err = {0};
    container c = {0}, d = {0};
    sample_check(container_read(w.data, w.size, "best.ptg", &c, &err), &err);
    sample_check(container_read(other.data, other.size, "best.ptg", &d, &err), &err);
    text longer = {mem_array(c.sections[1].size + 1, 1), c.sections[1].size + 1};
    memcpy((void *)(uintptr_t)longer.data, c.sections[1].data, (size_t)c.sections[1].size);
    const struct {
        const char *what;
        int32_t n;
        text sections[3];
    } cases[] = {
        {"no section", 0, {{0}}},
        {"header only", 1, {c.sections[0]}},
        {"one too many", 3, {c.sections[0], c.sections[1], c.sections[1]}},
        {"empty fold", 2, {c.sections[0], {"", 0}}},
        {"another model's fold", 2, {c.sections[0], d.sections[1]}},
        {"bytes behind the fold", 2, {c.sections[0], longer}},
        {"no JSON", 2, {{"{\"a\":", 5}, c.sections[1]}},
        {"twice the same key", 2, {{"{\"target\":\"a\",\"target\":\"b\"}", 27}, c.sections[1]}},
        {"an array", 2, {{"[]", 2}, c.sections[1]}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_buffer made = packed(cases[i].sections, cases[i].n);
        assert_refused(made.data, made.size, cases[i].what);
        text_buffer_clear(&made);
    }
    /* every cut of the fold, and every byte of it altered, behind right checksums */
    for (int64_t size = 0; size < c.sections[1].size; size++) {
        text_buffer made = packed((text[]){c.sections[0], {c.sections[1].data, size}}, 2);
        assert_refused(made.data, made.size, "cut fold");
        text_buffer_clear(&made);
    }
    char *bytes = (char *)(uintptr_t)c.sections[1].data;
    for (int64_t i = 0; i < c.sections[1].size; i++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
            text_buffer made = packed(c.sections, 2);
            model *m = NULL;
            ptg_status status =
                model_open_bytes(made.data, made.size, "best.ptg", &m, &err); /* may be a model: another weight */
            assert_true(status == PTG_OK || status == PTG_ERROR_FORMAT);
            if (m) {
                frame *f = NULL;
                double out[2];
                sample_check(
                    frame_read(sample_file("in.csv", "a,b\n1,2\n"), &(frame_read_options){.schema = m->schema}, &f, &err),
                    &err);
                (void)model_predict_frame(m, f, true, out, &err);
                frame_free(f);
            }
            model_free(m);
            text_buffer_clear(&made);
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
        }
    mem_free((void *)(uintptr_t)longer.data);
    container_clear(&c), container_clear(&d);
    text_buffer_clear(&w), text_buffer_clear(&other);
}

/* A container of one section with whatever sizes are declared, under right checksums. */
static text_buffer forged(int64_t stored, int64_t plain, text bytes)
{
    text_buffer w = {0};
    text_append_bytes(&w, CONTAINER_MAGIC, 8);
    bytes_put_i32(&w, CONTAINER_VERSION);
    bytes_put_i32(&w, 1);
    bytes_put_i64(&w, stored);
    bytes_put_i64(&w, plain);
    bytes_put_i64(&w, (int64_t)hash_word(bytes.data, (size_t)bytes.size, 0));
    bytes_put_i64(&w, (int64_t)hash_word(w.data, (size_t)w.size, 0));
    text_append_span(&w, bytes);
    return w;
}

static void test_sizes(void **state)
{
    (void)state;
    char room[256];
    int64_t size = (int64_t)ZSTD_compress(room, sizeof room, "hello", 5, 3);
    const text frame_bytes = {room, size}, garbage = {"not zstd at all", 15};
    const struct {
        int64_t stored, plain;
        text bytes;
    } cases[] = {{size, 6, frame_bytes},      {size, 4, frame_bytes},         {size, 0, frame_bytes},
                 {size, -1, frame_bytes},     {size, INT64_MAX, frame_bytes}, {size, INT64_C(1) << 40, frame_bytes},
                 {size + 1, 5, frame_bytes},  {size - 1, 5, frame_bytes},     {-1, 5, frame_bytes},
                 {INT64_MAX, 5, frame_bytes}, {INT64_MIN, 5, frame_bytes},    {15, 5, garbage},
                 {0, 0, frame_bytes}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_buffer w = forged(cases[i].stored, cases[i].plain, cases[i].bytes);
        assert_refused(w.data, w.size, "sizes");
        text_buffer_clear(&w);
    }
    ptg_error err = {0};
    model *m = NULL;
    assert_int_equal(model_load(sample_file("best.ptg", "PTGMODEL\2\0\0\0 of a later version, with some more bytes"), &m, &err),
                     PTG_ERROR_FORMAT);
    assert_int_equal(model_load(sample_file("best.ptg", "a,b\n1,2\n"), &m, &err), PTG_ERROR_FORMAT);
    assert_non_null(strstr(err.message, "no model file"));
    assert_int_equal(model_load("/tmp", &m, &err), PTG_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),      cmocka_unit_test(test_altered), cmocka_unit_test(test_headers),
        cmocka_unit_test(test_sections), cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
