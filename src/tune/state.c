/* The record in SQLite. Statements are prepared once and bound; nothing of the data is ever put into SQL text. */
#include "tune/state.h"

#include <math.h>
#include <sqlite3.h>

#include "base/file.h"
#include "base/memory.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS trials(key TEXT PRIMARY KEY, number INTEGER, name TEXT, status TEXT, score REAL, row TEXT, "
    "current INTEGER);"
    "CREATE TABLE IF NOT EXISTS folds(key TEXT, fold INTEGER, rounds INTEGER, seconds REAL, PRIMARY KEY(key, fold));"
    "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, seconds REAL, event TEXT);"
    "CREATE TABLE IF NOT EXISTS ensembles(id INTEGER PRIMARY KEY, score REAL, members TEXT);";

enum { PUT_TRIAL, PUT_FOLD, PUT_EVENT, PUT_ENSEMBLE, N_STATEMENTS };
static const char *const statements[N_STATEMENTS] = {
    "INSERT OR REPLACE INTO trials(key, number, name, status, score, row, current) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1)",
    "INSERT OR REPLACE INTO folds(key, fold, rounds, seconds) VALUES(?1, ?2, ?3, ?4)",
    "INSERT INTO events(seconds, event) VALUES(?1, ?2)",
    "INSERT INTO ensembles(score, members) VALUES(?1, ?2)",
};

struct state {
    sqlite3 *db;
    sqlite3_stmt *statement[N_STATEMENTS];
};

static ptg_status fail_state(const state *s, ptg_error *err)
{
    return fail(err, PTG_ERROR_IO, "state.db: %s.", s->db ? sqlite3_errmsg(s->db) : "out of memory");
}

static ptg_status run(state *s, const char *sql, ptg_error *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PTG_OK : fail_state(s, err);
}

static ptg_status prepare(state *s, ptg_error *err)
{
    sqlite3_busy_timeout(s->db, 10000);
    TRY(run(s, "PRAGMA journal_mode=DELETE", err));
    TRY(run(s, "PRAGMA synchronous=FULL", err));
    TRY(run(s, schema, err));
    TRY(run(s, "UPDATE trials SET current = 0", err));
    for (int i = 0; i < N_STATEMENTS; i++)
        if (sqlite3_prepare_v2(s->db, statements[i], -1, &s->statement[i], NULL) != SQLITE_OK) return fail_state(s, err);
    return PTG_OK;
}

ptg_status state_open(const char *job, state **out, ptg_error *err)
{
    *out = NULL;
    char *path = file_join(job, "state.db");
    state *s = mem_array(1, sizeof *s);
    ptg_status status = path && s ? PTG_OK : fail_memory(err);
    if (status == PTG_OK && sqlite3_open(path, &s->db) != SQLITE_OK) status = fail_state(s, err);
    if (status == PTG_OK) status = prepare(s, err);
    mem_free(path);
    if (status == PTG_OK)
        *out = s;
    else
        state_close(s);
    return status;
}

void state_close(state *s)
{
    if (!s) return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(s->statement[i]);
    sqlite3_close(s->db);
    mem_free(s);
}

ptg_status state_begin(state *s, ptg_error *err)
{
    return run(s, "BEGIN IMMEDIATE", err);
}

ptg_status state_end(state *s, ptg_error *err)
{
    return run(s, "COMMIT", err);
}

static ptg_status step(state *s, int which, ptg_error *err)
{
    int code = sqlite3_step(s->statement[which]);
    sqlite3_reset(s->statement[which]);
    sqlite3_clear_bindings(s->statement[which]);
    return code == SQLITE_DONE ? PTG_OK : fail_state(s, err);
}

/* Binds a JSON value as text; the text is copied by SQLite. */
static ptg_status bind_json(state *s, int which, int place, const json_t *value, ptg_error *err)
{
    text_buffer b = {0};
    json_write(&b, value, 0, false);
    ptg_status status = text_buffer_check(&b, err);
    if (status == PTG_OK && sqlite3_bind_text(s->statement[which], place, b.data, (int)b.size, SQLITE_TRANSIENT) != SQLITE_OK)
        status = fail_state(s, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status state_put_trial(state *s, int64_t number, const char *key, const char *name, const char *status, double score,
                           const json_t *row, ptg_error *err)
{
    sqlite3_stmt *q = s->statement[PUT_TRIAL];
    sqlite3_bind_text(q, 1, key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(q, 2, number);
    sqlite3_bind_text(q, 3, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(q, 4, status, -1, SQLITE_TRANSIENT);
    if (!isnan(score)) sqlite3_bind_double(q, 5, score);
    TRY(bind_json(s, PUT_TRIAL, 6, row, err));
    return step(s, PUT_TRIAL, err);
}

ptg_status state_put_fold(state *s, const char *key, int32_t fold, int64_t rounds, double seconds, ptg_error *err)
{
    sqlite3_stmt *q = s->statement[PUT_FOLD];
    sqlite3_bind_text(q, 1, key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(q, 2, fold);
    sqlite3_bind_int64(q, 3, rounds);
    sqlite3_bind_double(q, 4, seconds);
    return step(s, PUT_FOLD, err);
}

ptg_status state_put_event(state *s, double seconds, const json_t *event, ptg_error *err)
{
    sqlite3_bind_double(s->statement[PUT_EVENT], 1, seconds);
    TRY(bind_json(s, PUT_EVENT, 2, event, err));
    return step(s, PUT_EVENT, err);
}

ptg_status state_put_ensemble(state *s, const json_t *members, double score, ptg_error *err)
{
    sqlite3_bind_double(s->statement[PUT_ENSEMBLE], 1, score);
    TRY(bind_json(s, PUT_ENSEMBLE, 2, members, err));
    return step(s, PUT_ENSEMBLE, err);
}
