/* The twelve development tables against their README: rows, columns, dialect, and the type of every column. Skipped without
 * PILOTAGE_DEV_DATA; set but missing fails. */
#include "table_fixture.h"

#include "base/file.h"

/* Types by letter: n numeric, c categorical, t text, d datetime; one letter a column. Missing cells were counted with pandas:
 * read_csv(path, sep=..., keep_default_na=False, dtype=str), cells equal to "" or (in columns of numbers) "NA"; of
 * bank_additional also "unknown" and the 999 of pdays, of animal_shelter the "Unknown" of SexuponOutcome. */
static const struct dev_table {
    const char *name, *types;
    int64_t rows, missing;
    char delimiter;
    bool quoted;
} tables[] = {
    {"titanic", "nnntcnnntncc", 713, 694, ',', true},
    {"bank_additional", "ncccccccccnnnncnnnnnc", 32950, 41893, ';', true},
    {"california_housing", "nnnnnnnnnc", 16512, 177, ',', true},
    {"wine_quality_white", "nnnnnnnnnnnn", 3918, 0, ';', true},
    {"sms_spam", "ct", 4460, 0, '\t', false},
    {"german_credit", "cnccnccnccncnccncnccn", 800, 0, ',', true},
    {"bike_sharing_hour", "ndnnnnnnnnnnnnnnn", 13903, 0, ',', true},
    {"covertype_15k", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 12001, 0, ',', true},
    {"amazon_access", "nnnnnnnnnn", 26216, 0, ',', true},
    {"insurance", "ncnnccn", 1070, 0, ',', true},
    {"hflights", "nnnnnncncnnnnccnnnncn", 80000, 88393, ',', true},
    {"animal_shelter", "ccdccccncc", 21384, 17956, ',', true},
};

static void check_table(const struct dev_table *t, const frame *f)
{
    static const char letters[] = "nctds";
    int64_t missing = 0;
    assert_int_equal(frame_rows(f), t->rows);
    assert_int_equal(frame_columns(f), (int)strlen(t->types));
    assert_int_equal(frame_ragged_count(f), 0);
    assert_int_equal(frame_dialect_of(f)->delimiter, t->delimiter);
    assert_int_equal(frame_dialect_of(f)->quoted, t->quoted);
    assert_true(frame_dialect_of(f)->header);
    for (int32_t i = 0; i < frame_columns(f); i++) {
        const column *c = frame_column(f, i);
        if (letters[c->type] != t->types[i])
            fail_msg("%s, column %.*s is %s: %.*s", t->name, (int)c->name.size, c->name.data, column_type_names[c->type],
                     (int)c->reason.size, c->reason.data);
        assert_int_equal(c->n_invalid, 0);
        missing += c->n_missing;
    }
    if (missing != t->missing) fail_msg("%s: %d cells are missing, not %d", t->name, (int)missing, (int)t->missing);
}

static void reads_development_tables(void **state)
{
    (void)state;
    const char *folder = getenv("PILOTAGE_DEV_DATA");
    if (!folder || !*folder) skip();
    pool *p = pool_new(2);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char path[512];
        frame *f = NULL;
        ptg_error err = {0};
        frame_read_options options = {.threads = p};
        snprintf(path, sizeof path, "%s/%s/train.csv", folder, tables[i].name);
        if (frame_read(path, &options, &f, &err)) fail_msg("%s", err.message);
        check_table(&tables[i], f);
        frame_free(f);
    }
    pool_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_development_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
