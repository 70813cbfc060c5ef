/* 20,000 short files, seeded: valid CSV with bytes changed, doubled, cut and moved. Reading gives a frame or one sentence;
 * frames hold what their counts say, save and open again now and then, and their schema reads the same file. Worth running with
 * sanitizers. */
#include "table_fixture.h"

#include <math.h>

#include "base/random.h"

#define SEED(bytes)                                                                                                            \
    {                                                                                                                          \
        bytes, sizeof(bytes) - 1                                                                                               \
    }
static const struct seed {
    const char *bytes;
    size_t size;
} seeds[] = {
    SEED("a,b,c\n1,x,2012-01-10\n2,\"y \"\"z\"\"\",2013-01-10\n,NA,\n"),
    SEED("a;b\r\n1,5;x\r\n2,5;\"two\nlines\"\r\n"),
    SEED("l\tt\nham\t\"hi there\nspam\tcall now, it is free\n"),
    SEED("\xEF\xBB\xBF"
         "n|m\n007|caf\xC3\xA9\n012|\xE2\x82\xAC\n"),
    SEED("1,2\n3,4\n5,?\n"),
    SEED("\xFF\xFE"
         "a\0,\0b\0\n\0c\0,\0\"\0d\0"),
    SEED("d,e\n01/02/2012 10:00 PM,[1, 2]\n13/02/2012,[3, 4]\n"),
};

static size_t mutate(random_stream *r, char *bytes, size_t capacity)
{
    static const char pieces[] = "\",\n\r;\t|\"\"0-:.\x80\xFF";
    size_t k = (size_t)random_below(r, (int64_t)(sizeof seeds / sizeof *seeds)), size = seeds[k].size;
    memcpy(bytes, seeds[k].bytes, size);
    for (int64_t n = random_below(r, 8); n > 0 && size > 0; n--) {
        size_t at = (size_t)random_below(r, (int64_t)size), length = 1 + (size_t)random_below(r, 12);
        switch (random_below(r, 5)) {
        case 0:
            bytes[at] = (char)random_below(r, 256);
            break;
        case 1:
            bytes[at] = pieces[random_below(r, (int64_t)sizeof pieces - 1)];
            break;
        case 2:
            if (at + length > size) length = size - at;
            memmove(bytes + at, bytes + at + length, size - at - length);
            size -= length;
            break;
        case 3:
            if (at + length > size) length = size - at;
            if (size + length > capacity) break;
            memmove(bytes + at + length, bytes + at, size - at);
            size += length;
            break;
        default:
            if (size + 1 > capacity) break;
            memmove(bytes + at + 1, bytes + at, size - at);
            bytes[at] = pieces[random_below(r, (int64_t)sizeof pieces - 1)];
            size++;
        }
    }
    return size;
}

static void check_frame(const frame *f)
{
    char scratch[64];
    for (int32_t i = 0; i < frame_columns(f); i++) {
        const column *c = frame_column(f, i);
        int64_t none = 0;
        for (int64_t row = 0; row < frame_rows(f); row++) {
            text t = frame_cell(f, i, row, scratch);
            none += !t.data;
            assert_true(!t.data || text_is_utf8(t));
        }
        assert_int_equal(none, c->n_missing + c->n_invalid);
        assert_int_equal(frame_find(f, c->name), i);
        for (int32_t k = 1; k < c->n_levels; k++)
            assert_true(text_compare(c->levels[k - 1], c->levels[k]) < 0);
    }
}

static void check_schema(const frame *f, const char *path)
{
    json_t *schema = frame_schema(f);
    frame_read_options options = {.schema = schema};
    frame *again = NULL;
    assert_non_null(schema);
    ptg_status status = frame_read(path, &options, &again, NULL);
    assert_true(status == PTG_OK || status == PTG_ERROR_DATA);
    if (again) check_frame(again);
    frame_free(again);
    json_decref(schema);
}

static void survives_any_bytes(void **state)
{
    (void)state;
    random_stream r = random_of(6, "fuzz");
    char path[300];
    snprintf(path, sizeof path, "%s.frame", fixture_path());
    int64_t n_read = 0;
    for (int i = 0; i < 20000; i++) {
        char bytes[256];
        size_t size = mutate(&r, bytes, sizeof bytes);
        ptg_error err = {0};
        frame *f = NULL, *g = NULL;
        ptg_status status = frame_read(fixture_file(bytes, size), NULL, &f, &err);
        if (status != PTG_OK) {
            assert_true(status == PTG_ERROR_DATA && err.message[0] && !f);
            continue;
        }
        n_read++;
        check_frame(f);
        check_schema(f, fixture_path());
        if (i % 500 == 0) {
            assert_int_equal(frame_save(f, path, &err), PTG_OK);
            if (frame_open(path, &g, &err)) fail_msg("%d: %s", i, err.message);
            check_frame(g);
            frame_free(g);
        }
        frame_free(f);
    }
    if (n_read < 8000) fail_msg("only %d files were read", (int)n_read);
    unlink(path);
    unlink(fixture_path());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(survives_any_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
