/* Small tables for the tests of profile: columns from functions of the row number, and a profile in one call. */
#ifndef TESTS_PROFILE_TABLES_H
#define TESTS_PROFILE_TABLES_H

#include "profile/profile.h"

typedef struct table_maker {
    frame_builder *builder;
    int64_t rows;
    ptg_error error;
} table_maker;

typedef double (*number_of_row)(int64_t row);
typedef const char *(*text_of_row)(int64_t row); /* NULL = missing */

table_maker table_start(int64_t rows);
void table_numbers(table_maker *t, const char *name, number_of_row made);
void table_dates(table_maker *t, const char *name, number_of_row made);
/* `forced`: a column_type, or -1: the type is found. */
void table_texts(table_maker *t, const char *name, text_of_row made, int forced);
frame *table_end(table_maker *t);

/* A random-looking number in [0, 1) of a row and a stream. */
double noise(int64_t row, uint64_t stream);

/* A profile with its frame. */
typedef struct profiled {
    frame *f;
    json_t *document, *findings;
    profile_facts facts;
    ptg_status status;
    ptg_error error;
} profiled;
/* Takes the frame; `target` a name or NULL. Findings are made when the profile was. */
profiled profile_of(frame *f, const char *target);
profiled profile_with(frame *f, profile_request request);
void profiled_clear(profiled *p);
/* Number of the column; fails the test when there is none. */
int32_t column_at(const frame *f, const char *name);
const column_facts *facts_of(const profiled *p, const char *name);
/* The finding of that id (and column, unless NULL), or NULL. */
const json_t *finding_of(const profiled *p, const char *id, const char *column_name);

#endif
