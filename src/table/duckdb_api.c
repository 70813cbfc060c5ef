/* Where DuckDB's C library is looked for, and its functions by name. The Python package duckdb is no such place: its module
 * holds the functions but needs a Python interpreter in the process. */
#include "table/duckdb_api.h"

#include "base/library.h"
#include "base/memory.h"

static const char *const site_paths[] = {"duckdb/libduckdb.so", "libduckdb/libduckdb.so", NULL};
static const char *const sonames[] = {"libduckdb.so", "libduckdb.so.1", NULL};
static const library_search search = {
    .name = "DuckDB's C library",
    .advice = "get libduckdb.so from duckdb.org, or read the file in Python, where pilotage.AutoML takes it",
    .variable = "PILOTAGE_DUCKDB_LIB",
    .site_paths = site_paths,
    .sonames = sonames};

static const library_function functions[] = {
    {"duckdb_open", offsetof(duckdb_api, open)},
    {"duckdb_close", offsetof(duckdb_api, close)},
    {"duckdb_connect", offsetof(duckdb_api, connect)},
    {"duckdb_disconnect", offsetof(duckdb_api, disconnect)},
    {"duckdb_query", offsetof(duckdb_api, query)},
    {"duckdb_destroy_result", offsetof(duckdb_api, destroy_result)},
    {"duckdb_result_error", offsetof(duckdb_api, result_error)},
    {"duckdb_column_count", offsetof(duckdb_api, column_count)},
    {"duckdb_column_type", offsetof(duckdb_api, column_type)},
    {"duckdb_fetch_chunk", offsetof(duckdb_api, fetch_chunk)},
    {"duckdb_destroy_data_chunk", offsetof(duckdb_api, destroy_chunk)},
    {"duckdb_data_chunk_get_size", offsetof(duckdb_api, chunk_size)},
    {"duckdb_data_chunk_get_vector", offsetof(duckdb_api, chunk_vector)},
    {"duckdb_vector_get_data", offsetof(duckdb_api, vector_data)},
    {"duckdb_vector_get_validity", offsetof(duckdb_api, vector_validity)},
};

ptg_status duckdb_api_open(duckdb_api *out, ptg_error *err)
{
    library l;
    TRY(library_open(&search, &l, err));
    ptg_status status = library_bind(&l, &search, functions, (int32_t)(sizeof functions / sizeof *functions), out, err);
    mem_free(l.path);
    return status;
}
