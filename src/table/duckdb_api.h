/* The functions of DuckDB's C library that reading Parquet needs, loaded at run time. Prototypes by hand after its duckdb.h
 * (the library is not needed to build). Private to table/. */
#ifndef TABLE_DUCKDB_API_H
#define TABLE_DUCKDB_API_H

#include <stdint.h>

#include "base/fail.h"

typedef struct duckdb_result {
    uint64_t unused[3];
    void *unused_columns;
    char *unused_message;
    void *internal;
} duckdb_result;

/* 16 bytes: up to 12 characters inside, longer ones by pointer. */
typedef union duckdb_text {
    struct {
        uint32_t size;
        char data[12];
    } inside;
    struct {
        uint32_t size;
        char prefix[4];
        char *data;
    } outside;
} duckdb_text;
_Static_assert(sizeof(duckdb_text) == 16, "a text is 16 bytes");

enum { DUCKDB_DOUBLE = 11, DUCKDB_VARCHAR = 17 }; /* types of result columns */

typedef struct duckdb_api {
    int (*open)(const char *path, void **database);
    void (*close)(void **database);
    int (*connect)(void *database, void **connection);
    void (*disconnect)(void **connection);
    int (*query)(void *connection, const char *sql, duckdb_result *out);
    void (*destroy_result)(duckdb_result *result);
    const char *(*result_error)(duckdb_result *result);
    uint64_t (*column_count)(duckdb_result *result);
    int (*column_type)(duckdb_result *result, uint64_t column);
    void *(*fetch_chunk)(duckdb_result result);
    void (*destroy_chunk)(void **chunk);
    uint64_t (*chunk_size)(void *chunk);
    void *(*chunk_vector)(void *chunk, uint64_t column);
    void *(*vector_data)(void *vector);
    uint64_t *(*vector_validity)(void *vector); /* NULL: all valid; else a bit a row */
} duckdb_api;

/* PTG_ERROR_LIBRARY says how to get the library. It stays open to the end of the process. */
ptg_status duckdb_api_open(duckdb_api *out, ptg_error *err);

#endif
