/* The frame file: what is saved opens the same; no damaged file opens; tables from memory through the public functions. */
#include "table_fixture.h"

#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "pilotage/table.h"

static const char csv[] = "n,c,t,d,s,e\n1,x,some words in here,2012-01-10,\"[1, 2]\",\n2.5,NA,other words are there,2013-02-11 "
                          "10:00,\"[3, 4]\",\nbad,y,,2014-01-01,\"[5, 6, 7]\",\n4,x,\xC3\xA9 and one more,NA,,\n1,2\n";

static char frame_path[280];

static void same_frames(const frame *a, const frame *b)
{
    assert_int_equal(frame_rows(a), frame_rows(b));
    assert_int_equal(frame_columns(a), frame_columns(b));
    assert_int_equal(frame_ragged_count(a), frame_ragged_count(b));
    for (int32_t i = 0; i < frame_columns(a); i++) {
        const column *x = frame_column(a, i), *y = frame_column(b, i);
        char one[33], two[33];
        frame_column_hash(a, i, one);
        frame_column_hash(b, i, two);
        assert_string_equal(one, two);
        assert_true(text_equal(x->reason, y->reason) && text_equal(x->format, y->format));
        assert_true(x->n_missing == y->n_missing && x->n_invalid == y->n_invalid && x->integers == y->integers);
        assert_int_equal(x->n_top_invalid, y->n_top_invalid);
        for (int32_t k = 0; k < x->n_top_invalid; k++)
            assert_true(text_equal(x->top_invalid[k].value, y->top_invalid[k].value));
        assert_int_equal((uintptr_t)y->numbers % 64 + (uintptr_t)y->codes % 64, 0);
    }
    json_t *left = frame_schema(a), *right = frame_schema(b);
    assert_true(json_equal(left, right));
    json_decref(left);
    json_decref(right);
}

static void saves_and_opens(void **state)
{
    (void)state;
    json_t *types = json_pack("{s:s}", "n", "numeric");
    frame_read_options options = {.types = types};
    frame *f = fixture_read(csv, &options), *g = NULL, *h = NULL;
    assert_int_equal(frame_column(f, 0)->n_invalid, 1);
    ptg_error err = {0};
    if (frame_save(f, frame_path, &err) || frame_open(frame_path, &g, &err)) fail_msg("%s", err.message);
    same_frames(f, g);
    assert_int_equal(frame_read(frame_path, NULL, &h, &err), PTG_OK);
    same_frames(f, h);
    frame_free(h);
    json_t *schema = json_pack("{s:{s:{s:s},s:{}}}", "columns", "n", "type", "categorical", "t");
    frame_read_options cut = {.schema = schema, .max_rows = 3};
    assert_int_equal(frame_read(frame_path, &cut, &h, &err), PTG_OK);
    assert_string_equal(fixture_types(h), "n:categorical t:text");
    assert_string_equal(fixture_cells(h), "1|some words in here/2.5|other words are there/bad|~");
    frame_free(g);
    frame_free(h);
    frame_free(f);
    json_decref(schema);
    json_decref(types);
    unlink(frame_path);
}

static void write_bytes(const char *data, int64_t size)
{
    FILE *out = fopen(frame_path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, (size_t)size, out), (size_t)size);
    fclose(out);
}

/* Every byte changed, and every length: PTG_ERROR_FORMAT and nothing else. Padding is covered by checksums too. */
static void refuses_damage(void **state)
{
    (void)state;
    frame *f = fixture_read(csv, NULL), *g = NULL;
    assert_int_equal(frame_save(f, frame_path, NULL), PTG_OK);
    frame_free(f);
    char *data;
    int64_t size;
    assert_int_equal(file_read(frame_path, &data, &size, NULL), PTG_OK);
    random_stream r = random_of(5, "damage");
    for (int64_t i = 0; i < size; i += 1 + random_below(&r, 5)) {
        char was = data[i];
        data[i] = (char)(was ^ (1 + random_below(&r, 255)));
        write_bytes(data, size);
        ptg_status status = frame_open(frame_path, &g, NULL);
        bool padding = status == PTG_OK; /* between the directory and the first region */
        if (padding) frame_free(g);
        assert_true(status == PTG_ERROR_FORMAT || (padding && was == 0));
        data[i] = was;
    }
    for (int64_t cut = 0; cut < size; cut += 1 + random_below(&r, 40)) {
        write_bytes(data, cut);
        assert_int_equal(frame_open(frame_path, &g, NULL), PTG_ERROR_FORMAT);
    }
    mem_free(data);
    unlink(frame_path);
}

static void builds_from_memory(void **state)
{
    (void)state;
    ptg_table *t;
    ptg_error err = {0};
    const double values[3] = {1, NAN, 3}, times[3] = {0, 86400.5, NAN};
    const char bytes[] = "redblue\xC3\xA9";
    const int64_t offsets[4] = {0, 3, 7, 9};
    const uint8_t missing[3] = {0, 1, 0};
    assert_int_equal(ptg_table_new(3, &t, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "n", "numeric", values, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "d", "datetime", times, &err), PTG_OK);
    assert_int_equal(ptg_table_add_texts(t, "c", "categorical", bytes, offsets, missing, &err), PTG_OK);
    assert_int_equal(ptg_table_add_texts(t, "x", NULL, bytes, offsets, NULL, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "q", "text", values, &err), PTG_ERROR_USAGE);
    assert_int_equal(ptg_table_add_numbers(t, "", "numeric", values, &err), PTG_ERROR_DATA);
    assert_int_equal(ptg_table_add_texts(t, "q", "categorical", bytes, (const int64_t[]){0, 8, 8, 9}, NULL, &err),
                     PTG_ERROR_DATA);
    assert_int_equal(ptg_table_add_texts(t, "q", "categorical", bytes, (const int64_t[]){0, 3, 2, 9}, NULL, &err),
                     PTG_ERROR_USAGE);
    assert_int_equal(ptg_table_add_texts(t, "q", "color", bytes, offsets, NULL, &err), PTG_ERROR_USAGE);
    assert_int_equal(ptg_table_save(t, frame_path, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "z", "numeric", values, &err), PTG_ERROR_USAGE);
    frame *own, *found, *g;
    assert_int_equal(ptg_table_frame(t, &own, &err), PTG_OK);
    assert_string_equal(fixture_types(own), "n:numeric d:datetime c:categorical x:text");
    assert_int_equal(frame_find_meanings(own, &found, &err), PTG_OK);
    assert_int_equal(frame_open(frame_path, &g, &err), PTG_OK);
    same_frames(found, g);
    frame_free(found);
    assert_string_equal(fixture_types(g), "n:numeric d:datetime c:categorical x:categorical");
    assert_string_equal(fixture_cells(g),
                        "1|1970-01-01T00:00:00|red|red/~|1970-01-02T00:00:00.500000|~|blue/3|~|\xC3\xA9|\xC3\xA9");
    frame_free(g);
    ptg_table_free(t);
    unlink(frame_path);
    assert_int_equal(ptg_table_new(-1, &t, &err), PTG_ERROR_USAGE);
    assert_int_equal(ptg_table_new(1, &t, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "n", "numeric", values, &err), PTG_OK);
    assert_int_equal(ptg_table_add_numbers(t, "n", "numeric", values, &err), PTG_OK);
    assert_int_equal(ptg_table_frame(t, &own, &err), PTG_ERROR_DATA);
    assert_int_equal(ptg_table_save(t, frame_path, &err), PTG_ERROR_USAGE);
    ptg_table_free(t);
    ptg_table_free(NULL);
}

static void takes_empty_tables(void **state)
{
    (void)state;
    frame_builder *b = frame_builder_new(0);
    frame *f, *g;
    assert_int_equal(frame_builder_numbers(b, text_of("n"), COLUMN_NUMERIC, NULL, NULL), PTG_OK);
    assert_int_equal(frame_builder_texts(b, text_of("t"), NULL, COLUMN_TEXT, NULL), PTG_OK);
    assert_int_equal(frame_builder_end(b, &f, NULL), PTG_OK);
    assert_int_equal(frame_save(f, frame_path, NULL), PTG_OK);
    assert_int_equal(frame_open(frame_path, &g, NULL), PTG_OK);
    same_frames(f, g);
    frame_free(f);
    frame_free(g);
    unlink(frame_path);
}

/* The n-th allocation fails in saving, opening and retyping: a status, never a crash or leak (with sanitizers). */
static void survives_failing_allocations(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    frame *f = fixture_read(csv, NULL);
    json_t *columns = json_pack("{s:{s:s},s:{s:s}}", "n", "type", "numeric", "c", "type", "text");
    assert_int_equal(frame_save(f, frame_path, NULL), PTG_OK);
    for (int64_t n = 1; n < 250; n++) {
        frame *g = NULL, *h = NULL;
        mem_fail_at(n);
        ptg_status opened = frame_open(frame_path, &g, NULL);
        ptg_status retyped = frame_retype(f, columns, &h, NULL);
        mem_fail_at(0);
        assert_true(opened == PTG_OK || (opened == PTG_ERROR_MEMORY && !g));
        assert_true(retyped == PTG_OK || (retyped == PTG_ERROR_MEMORY && !h));
        frame_free(g);
        frame_free(h);
    }
    for (int64_t n = 1; n < 40; n++) {
        mem_fail_at(n);
        ptg_status saved = frame_save(f, frame_path, NULL);
        mem_fail_at(0);
        assert_true(saved == PTG_OK || saved == PTG_ERROR_MEMORY);
    }
    json_decref(columns);
    frame_free(f);
    unlink(frame_path);
#endif
}

int main(void)
{
    snprintf(frame_path, sizeof frame_path, "%s.frame", fixture_path());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saves_and_opens),
        cmocka_unit_test(refuses_damage),
        cmocka_unit_test(builds_from_memory),
        cmocka_unit_test(takes_empty_tables),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
