/* The matrix: growing, borrowing, taking rows of every kind of column, numbers from every kind, and reading a frame. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "numeric/matrix.h"

#include <cmocka.h>

enum { ROWS = 5 };

static const double reals[ROWS] = {1.5, NAN, -2, 0, 8};
static const int32_t codes[ROWS] = {0, -1, 1, 1, 0};
static const int64_t places[] = {1, 3, 4};
static const double stored[] = {7, -1, 0.5};

/* One column of each kind but text. */
static matrix *sample(void)
{
    matrix *m = matrix_new(ROWS);
    int64_t *rows;
    double *values;
    const text levels[] = {text_of("red"), text_of("")};
    memcpy(matrix_add_real(m, "size"), reals, sizeof reals);
    memcpy(matrix_add_coded(m, "colour", 2, levels), codes, sizeof codes);
    assert_int_equal(matrix_add_sparse(m, "word", 3, &rows, &values, NULL), PTG_OK);
    memcpy(rows, places, sizeof places);
    memcpy(values, stored, sizeof stored);
    return m;
}

static void columns_are_added(void **state)
{
    (void)state;
    matrix *m = sample();
    assert_int_equal(m->n_features, 3);
    assert_int_equal(matrix_find(m, "colour"), 1);
    assert_int_equal(matrix_find(m, "Colour"), -1);
    assert_int_equal(m->features[1].n_levels, 2);
    assert_true(text_equal_to(m->features[1].levels[0], "red"));
    assert_true(m->features[1].levels[1].data != NULL && m->features[1].levels[1].size == 0);
    char name[16];
    for (int j = 0; j < 100; j++) { /* the list grows */
        snprintf(name, sizeof name, "more %d", j);
        double *values = matrix_add_real(m, name);
        assert_non_null(values);
        assert_true(values[0] == 0);
    }
    assert_int_equal(matrix_find(m, "more 99"), 102);
    assert_true(m->features[0].real[4] == 8);
    assert_non_null(matrix_add_coded(m, "nameless levels", 3, NULL));
    assert_null(m->features[103].levels);
    matrix_free(m);
    matrix_free(NULL);
}

static void borrowed_columns_are_shared(void **state)
{
    (void)state;
    matrix *m = sample(), *other = matrix_new(ROWS);
    for (int32_t j = 0; j < m->n_features; j++)
        assert_int_equal(matrix_borrow(other, &m->features[j], NULL), PTG_OK);
    assert_ptr_equal(other->features[0].real, m->features[0].real);
    assert_int_equal(matrix_find(other, "word"), 2);
    for (int j = 0; j < 40; j++) /* also from its own list, which moves as it grows */
        assert_int_equal(matrix_borrow(other, &other->features[2], NULL), PTG_OK);
    assert_ptr_equal(other->features[42].values, m->features[2].values);
    matrix_free(other);
    matrix_free(m);
}

/* Every column of the rows taken, read as numbers, is the same as the rows of the column read as numbers. */
static void check_taken(const matrix *m, const int64_t *rows, int64_t n)
{
    matrix *taken;
    double before[ROWS], after[64];
    assert_int_equal(matrix_take_rows(m, (row_list){.rows = rows, .n = n}, &taken, NULL), PTG_OK);
    assert_int_equal(taken->n_rows, n);
    assert_int_equal(taken->n_features, m->n_features);
    for (int32_t j = 0; j < m->n_features; j++) {
        const feature *f = &taken->features[j];
        assert_int_equal(f->kind, m->features[j].kind);
        assert_int_equal(f->type, m->features[j].type);
        assert_string_equal(f->name, m->features[j].name);
        assert_int_equal(feature_to_real(m, j, before, NULL), PTG_OK);
        assert_int_equal(feature_to_real(taken, j, after, NULL), PTG_OK);
        for (int64_t i = 0; i < n; i++)
            assert_true(after[i] == before[rows[i]] || (isnan(after[i]) && isnan(before[rows[i]])));
        for (int64_t v = 1; v < f->n_values; v++)
            assert_true(f->rows[v - 1] < f->rows[v]);
    }
    matrix_free(taken);
}

static void rows_are_taken(void **state)
{
    (void)state;
    matrix *m = sample();
    m->features[0].type = COLUMN_DATETIME;
    static const int64_t ascending[] = {0, 1, 3}, all[] = {0, 1, 2, 3, 4}, mixed[] = {4, 3, 3, 0, 1, 4, 4, 1};
    check_taken(m, ascending, 3);
    check_taken(m, all, ROWS);
    check_taken(m, mixed, 8);
    check_taken(m, mixed, 0);
    matrix *taken;
    matrix_take_rows(m, (row_list){.rows = mixed, .n = 2}, &taken, NULL);
    matrix_free(m); /* taken rows stand alone */
    assert_true(text_equal_to(taken->features[1].levels[0], "red"));
    assert_true(taken->features[0].real[0] == 8);
    matrix_free(taken);
}

static void rows_outside_are_refused(void **state)
{
    (void)state;
    matrix *m = sample(), *taken;
    ptg_error err;
    static const int64_t beyond[] = {0, 5}, before[] = {-1};
    assert_int_equal(matrix_take_rows(m, (row_list){.rows = beyond, .n = 2}, &taken, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "Row 5"));
    assert_int_equal(matrix_take_rows(m, (row_list){.rows = before, .n = 1}, &taken, &err), PTG_ERROR_USAGE);
    assert_null(taken);
    double out[ROWS];
    assert_int_equal(feature_to_real(m, 3, out, &err), PTG_ERROR_USAGE);
    matrix_free(m);
}

static void every_kind_becomes_numbers(void **state)
{
    (void)state;
    matrix *m = sample();
    double out[ROWS];
    static const double dense[ROWS] = {0, 7, 0, -1, 0.5};
    assert_int_equal(feature_to_real(m, 0, out, NULL), PTG_OK);
    assert_memory_equal(out, reals, sizeof out);
    assert_int_equal(feature_to_real(m, 1, out, NULL), PTG_OK);
    assert_true(out[0] == 0 && isnan(out[1]) && out[2] == 1);
    assert_int_equal(feature_to_real(m, 2, out, NULL), PTG_OK);
    assert_memory_equal(out, dense, sizeof out);
    const text cells[ROWS] = {{NULL, 0}};
    const feature words = {.name = "comment", .kind = FEATURE_TEXT, .type = COLUMN_TEXT, .cells = cells};
    ptg_error err;
    assert_int_equal(matrix_borrow(m, &words, NULL), PTG_OK);
    assert_int_equal(feature_to_real(m, 3, out, &err), PTG_ERROR_DATA);
    assert_non_null(strstr(err.message, "'comment'"));
    matrix_free(m);
}

static frame *small_frame(void)
{
    frame *f;
    const text colours[ROWS] = {text_of("red"), text_of("blue"), {NULL, 0}, text_of("red"), text_of("blue")};
    const text words[ROWS] = {text_of("one day"), {NULL, 0}, text_of("c"), text_of("d e"), text_of("last")};
    frame_builder *b = frame_builder_new(ROWS);
    assert_int_equal(frame_builder_numbers(b, text_of("size"), COLUMN_NUMERIC, reals, NULL), PTG_OK);
    assert_int_equal(frame_builder_texts(b, text_of("colour"), colours, COLUMN_CATEGORICAL, NULL), PTG_OK);
    assert_int_equal(frame_builder_texts(b, text_of("words"), words, COLUMN_TEXT, NULL), PTG_OK);
    assert_int_equal(frame_builder_numbers(b, text_of("when"), COLUMN_DATETIME, reals, NULL), PTG_OK);
    assert_int_equal(frame_builder_end(b, &f, NULL), PTG_OK);
    return f;
}

static void frames_become_matrices(void **state)
{
    (void)state;
    frame *f = small_frame();
    matrix *m;
    static const int32_t columns[] = {3, 1, 2};
    static const int64_t rows[] = {4, 0, 2}, all[] = {0, 1, 2, 3, 4};
    assert_int_equal(matrix_from_frame(f, columns, 3, (row_list){.rows = rows, .n = 3}, &m, NULL), PTG_OK);
    assert_int_equal(m->n_rows, 3);
    const feature *when = &m->features[0], *colour = &m->features[1], *words = &m->features[2];
    assert_true(when->kind == FEATURE_REAL && when->type == COLUMN_DATETIME && when->real[0] == 8 && when->real[2] == -2);
    assert_true(colour->kind == FEATURE_CODED && colour->n_levels == 2 && colour->codes[2] == -1);
    assert_true(text_equal_to(colour->levels[colour->codes[0]], "blue"));
    assert_true(words->kind == FEATURE_TEXT && text_equal_to(words->cells[1], "one day"));
    static const int64_t first[] = {1, 1};
    matrix *again;
    assert_int_equal(matrix_take_rows(m, (row_list){.rows = first, .n = 2}, &again, NULL), PTG_OK);
    assert_true(text_equal_to(again->features[2].cells[1], "one day"));
    matrix_free(again);
    matrix_free(m);
    assert_int_equal(matrix_from_frame(f, columns, 3, (row_list){.rows = all, .n = ROWS}, &m, NULL), PTG_OK);
    assert_ptr_equal(m->features[0].real, frame_column(f, 3)->numbers); /* whole columns are not copied */
    matrix_free(m);
    assert_int_equal(matrix_from_frame(f, columns, 3, (row_list){.rows = all, .n = 0}, &m, NULL), PTG_OK);
    assert_int_equal(m->n_rows, 0);
    matrix_free(m);
    frame_free(f);
}

static void frames_are_read_within_bounds(void **state)
{
    (void)state;
    frame *f = small_frame();
    matrix *m;
    ptg_error err;
    static const int32_t columns[] = {4, 0};
    static const int64_t rows[] = {5};
    assert_int_equal(matrix_from_frame(f, columns, 1, (row_list){.rows = rows, .n = 0}, &m, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "Column 4"));
    assert_int_equal(matrix_from_frame(f, columns + 1, 1, (row_list){.rows = rows, .n = 1}, &m, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "Row 5"));
    frame_free(f);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    static const int64_t rows[] = {4, 0, 0};
    static const int32_t columns[] = {0, 1, 2};
    matrix *m = sample(), *taken;
    frame *f = small_frame();
    int failures = 0;
    for (int n = 1; n < 30; n++) {
        mem_fail_at(n);
        ptg_status status = matrix_take_rows(m, (row_list){.rows = rows, .n = 3}, &taken, NULL);
        mem_fail_at(0);
        assert_true(status == PTG_OK ? taken != NULL : status == PTG_ERROR_MEMORY && !taken);
        failures += status == PTG_ERROR_MEMORY;
        matrix_free(taken);
        mem_fail_at(n);
        status = matrix_from_frame(f, columns, 3, (row_list){.rows = rows, .n = 3}, &taken, NULL);
        mem_fail_at(0);
        assert_true(status == PTG_OK ? taken != NULL : status == PTG_ERROR_MEMORY && !taken);
        matrix_free(taken);
    }
    assert_true(failures >= 5);
    frame_free(f);
    matrix_free(m);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_added),
        cmocka_unit_test(borrowed_columns_are_shared),
        cmocka_unit_test(rows_are_taken),
        cmocka_unit_test(rows_outside_are_refused),
        cmocka_unit_test(every_kind_becomes_numbers),
        cmocka_unit_test(frames_become_matrices),
        cmocka_unit_test(frames_are_read_within_bounds),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
