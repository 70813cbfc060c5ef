/* Files of one fold. Each ends with a checksum and is renamed into place whole. */
#include "tune/fold_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"

#define PATH_SIZE 4096
#define OOF_MAGIC 0x31464f4f
#define MODEL_MAGIC 0x314c444d

static ptg_status fold_path(const char *job, const char *key, int32_t fold, const char *ending, char out[PATH_SIZE],
                            ptg_error *err)
{
    int size = fold < 0 ? snprintf(out, PATH_SIZE, "%s/trials/%s/fold-all.%s", job, key, ending)
                        : snprintf(out, PATH_SIZE, "%s/trials/%s/fold-%d.%s", job, key, fold, ending);
    if (size >= PATH_SIZE) return fail(err, PTG_ERROR_USAGE, "The path of the job folder is too long: '%s'.", job);
    return PTG_OK;
}

/* Appends the checksum and writes the file. */
static ptg_status write_checked(const char *path, bytes_writer *w, ptg_error *err)
{
    TRY(text_buffer_check(w, err));
    bytes_put_i64(w, (int64_t)hash_word(w->data, (size_t)w->size, 0));
    TRY(text_buffer_check(w, err));
    return file_replace(path, w->data, w->size, err);
}

/* Reads a file and checks its checksum; the reader is set to the bytes before it. */
static ptg_status read_checked(const char *path, char **data, bytes_reader *out, ptg_error *err)
{
    int64_t size;
    TRY(file_read(path, data, &size, err));
    int64_t body = size - 8;
    bytes_reader tail = bytes_reader_of(*data + (body > 0 ? body : 0), body > 0 ? 8 : 0);
    if (body <= 0 || bytes_i64(&tail) != (int64_t)hash_word(*data, (size_t)body, 0)) {
        mem_free(*data);
        *data = NULL;
        return fail(err, PTG_ERROR_FORMAT, "'%s' is damaged; remove it, and the fold is trained again.", path);
    }
    *out = bytes_reader_of(*data, body);
    return PTG_OK;
}

/* Results of one key must be equal, however often and wherever it is computed. */
static ptg_status check_same(const char *path, const bytes_writer *w, ptg_error *err)
{
    char *data;
    bytes_reader old;
    if (!file_exists(path) || read_checked(path, &data, &old, NULL) != PTG_OK) return PTG_OK;
    bool same = old.size == w->size && memcmp(data, w->data, (size_t)w->size) == 0;
    mem_free(data);
    return same ? PTG_OK
                : fail(err, PTG_ERROR_FAILED,
                       "Two results of one work item differ ('%s'): the training library is not deterministic here.", path);
}

static ptg_status write_predictions(const char *path, const double *predictions, int64_t n, int32_t width, ptg_error *err)
{
    bytes_writer w = {0};
    bytes_put_i32(&w, OOF_MAGIC);
    bytes_put_i32(&w, width);
    bytes_put_f64s(&w, predictions, n * width);
    ptg_status status = text_buffer_check(&w, err);
    if (status == PTG_OK) status = check_same(path, &w, err);
    if (status == PTG_OK) status = write_checked(path, &w, err);
    text_buffer_clear(&w);
    return status;
}

static ptg_status write_model(const char *path, const pipeline *p, const predictor *learned, int64_t *bytes, ptg_error *err)
{
    bytes_writer w = {0};
    bytes_put_i32(&w, MODEL_MAGIC);
    pipeline_save(p, &w);
    predictor_save(learned, &w);
    ptg_status status = write_checked(path, &w, err);
    *bytes = w.size;
    text_buffer_clear(&w);
    return status;
}

ptg_status fold_file_write(const char *job, const char *key, int32_t fold, const pipeline *p, const predictor *learned,
                           const double *predictions, int64_t n, int32_t width, int64_t *bytes, ptg_error *err)
{
    char path[PATH_SIZE];
    TRY(fold_path(job, key, fold, "model", path, err)); /* what is shorter fits too */
    snprintf(path, sizeof path, "%s/trials/%s", job, key);
    TRY(file_make_folder(path, 0700, err));
    TRY(fold_path(job, key, fold, "model", path, err));
    TRY(write_model(path, p, learned, bytes, err));
    if (!predictions) return PTG_OK;
    TRY(fold_path(job, key, fold, "oof", path, err));
    return write_predictions(path, predictions, n, width, err);
}

ptg_status fold_read_predictions(const char *job, const char *key, int32_t fold, int64_t n, int32_t width, double **out,
                                 ptg_error *err)
{
    char path[PATH_SIZE], *data;
    bytes_reader r;
    *out = NULL;
    TRY(fold_path(job, key, fold, "oof", path, err));
    TRY(read_checked(path, &data, &r, err));
    int32_t magic = bytes_i32(&r), saved_width = bytes_i32(&r);
    int64_t count = bytes_count(&r, 8);
    ptg_status status = PTG_OK;
    if (r.failed || magic != OOF_MAGIC || saved_width != width || count != n * width)
        status = fail(err, PTG_ERROR_FORMAT, "'%s' does not hold %lld predictions; remove it, and the fold is trained again.",
                      path, (long long)n);
    else if (!(*out = mem_array(count, sizeof **out)))
        status = fail_memory(err);
    else
        memcpy(*out, r.data + r.at, (size_t)count * sizeof **out);
    mem_free(data);
    return status;
}

ptg_status fold_read_model(const char *job, const char *key, int32_t fold, pipeline **p, predictor **learned, ptg_error *err)
{
    char path[PATH_SIZE], *data;
    bytes_reader r;
    *p = NULL;
    *learned = NULL;
    TRY(fold_path(job, key, fold, "model", path, err));
    TRY(read_checked(path, &data, &r, err));
    ptg_status status = PTG_OK;
    if (bytes_i32(&r) != MODEL_MAGIC) status = fail(err, PTG_ERROR_FORMAT, "'%s' is no model of a fold.", path);
    if (status == PTG_OK) status = pipeline_load(&r, p, err);
    if (status == PTG_OK) status = predictor_load(&r, learned, err);
    if (status != PTG_OK) {
        pipeline_free(*p);
        *p = NULL;
    }
    mem_free(data);
    return status;
}

bool fold_is_done(const char *job, const char *key, int32_t fold)
{
    char path[PATH_SIZE];
    if (fold_path(job, key, fold, "model", path, NULL) != PTG_OK || !file_exists(path)) return false;
    return fold < 0 || (fold_path(job, key, fold, "oof", path, NULL) == PTG_OK && file_exists(path));
}

void fold_file_prune(const char *job, const char *key, int32_t n_folds)
{
    char path[PATH_SIZE];
    for (int32_t fold = -1; fold < n_folds; fold++)
        if (fold_path(job, key, fold, "model", path, NULL) == PTG_OK) unlink(path);
}
