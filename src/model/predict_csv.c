/* Predicting a file to CSV: kept columns, `prediction`, one probability a class. Kept cells are read a second time as plain
 * text, so that they come out as they came in, whatever the model makes of them. Only numbers, known labels and kept cells are
 * ever written. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "model/predict.h"

static ptg_status write_all(int file, const char *name, const text_buffer *b, ptg_error *err)
{
    for (int64_t at = 0; at < b->size;) {
        ssize_t n = write(file, b->data + at, (size_t)(b->size - at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "write", name);
        at += n;
    }
    return PTG_OK;
}

/* A regular file is replaced whole; anything else that stands there (a device, a pipe) is written to. */
static ptg_status deliver(const char *output, const text_buffer *b, ptg_error *err)
{
    struct stat there;
    if (!output) return write_all(STDOUT_FILENO, "standard output", b, err);
    if (stat(output, &there) != 0 || S_ISREG(there.st_mode)) return file_replace(output, b->data, b->size, err);
    int file = open(output, O_WRONLY | O_CLOEXEC);
    if (file < 0) return fail_errno(err, "open", output);
    ptg_status status = write_all(file, output, b, err);
    if (close(file) != 0 && status == PTG_OK) status = fail_errno(err, "write", output);
    return status;
}

/* Reads the kept columns as text without missing tokens. */
static ptg_status read_kept(const char *table, const json_t *schema, const predict_options *o, frame **out, ptg_error *err)
{
    json_t *own = json_deep_copy(schema), *columns = json_object();
    bool fine = own && columns && json_object_set(own, "columns", columns) == 0;
    for (int32_t i = 0; i < o->n_keep && fine; i++)
        fine = json_object_set_new(columns, o->keep[i], json_pack("{s:s, s:[]}", "type", "text", "missing_tokens")) == 0;
    ptg_status status = fine ? frame_read(table, &(frame_read_options){.schema = own}, out, err)
                             : fail(err, PTG_ERROR_USAGE, "The names of columns to keep must be UTF-8 text.");
    json_decref(columns);
    json_decref(own);
    return status;
}

/* The columns to keep, by place in `kept`. */
static ptg_status find_kept(const frame *kept, const char *table, const predict_options *o, int32_t *places, ptg_error *err)
{
    text_shown_buffer shown, shown_table;
    for (int32_t i = 0; i < o->n_keep; i++) {
        places[i] = frame_find(kept, text_of(o->keep[i]));
        if (places[i] < 0)
            return fail(err, PTG_ERROR_USAGE, "--keep: '%s' has no column '%s'; look at the spelling.",
                        text_shown(text_of(table), &shown_table), text_shown(text_of(o->keep[i]), &shown));
    }
    return PTG_OK;
}

static bool label_clashes(text label, const predict_options *o)
{
    bool clash = text_equal_to(label, "prediction");
    for (int32_t i = 0; i < o->n_keep; i++)
        clash = clash || text_equal_to(label, o->keep[i]);
    return clash;
}

static void append_label_name(text_buffer *b, text label, const predict_options *o)
{
    if (!label_clashes(label, o)) {
        text_append_csv(b, label, ',');
        return;
    }
    text_buffer name = {0};
    text_append(&name, "p(");
    text_append_span(&name, label);
    text_append(&name, ")");
    text_append_csv(b, (text){name.data, name.size}, ',');
    b->failed = b->failed || name.failed;
    text_buffer_clear(&name);
}

static void append_header(text_buffer *b, const model *m, const predict_options *o)
{
    for (int32_t i = 0; i < o->n_keep; i++) {
        text_append_csv(b, text_of(o->keep[i]), ',');
        text_append(b, ",");
    }
    text_append(b, "prediction");
    for (int32_t k = 0; k < m->n_classes; k++) {
        text_append(b, ",");
        append_label_name(b, m->classes[k], o);
    }
    text_append(b, "\n");
}

static void append_row(text_buffer *b, const model *m, const double *row)
{
    int32_t label = model_label(m, row);
    if (label < 0)
        text_append_number(b, row[0]);
    else
        text_append_csv(b, m->classes[label], ',');
    for (int32_t k = 0; k < m->n_classes; k++) {
        text_append(b, ",");
        text_append_number(b, row[k]);
    }
    text_append(b, "\n");
}

static void append_rows(text_buffer *b, const model *m, const frame *kept, const int32_t *places, const predict_options *o,
                        int64_t n_rows, const double *answers)
{
    char scratch[64];
    for (int64_t i = 0; i < n_rows; i++) {
        for (int32_t j = 0; j < o->n_keep; j++) {
            text cell = frame_cell(kept, places[j], i, scratch);
            if (cell.data) text_append_csv(b, cell, ',');
            text_append(b, ",");
        }
        append_row(b, m, answers + i * model_width(m));
    }
}

ptg_status model_predict_csv(const model *m, const char *table, const char *output, const predict_options *options,
                             ptg_error *err)
{
    static const predict_options none = {0};
    const predict_options *o = options ? options : &none;
    frame *f = NULL, *kept = NULL;
    text_buffer b = {0};
    double *answers = NULL;
    int32_t *places = mem_array(o->n_keep, sizeof *places);
    ptg_status status = PTG_OK;
    text_shown_buffer shown;
    GO(places ? PTG_OK : fail_memory(err));
    GO(frame_read(table, &(frame_read_options){.schema = m->schema}, &f, err));
    if (o->n_keep > 0) {
        GO(read_kept(table, m->schema, o, &kept, err));
        GO(find_kept(kept, table, o, places, err));
        if (frame_rows(kept) != frame_rows(f))
            GO(fail(err, PTG_ERROR_IO, "'%s' changed while it was read; try again.", text_shown(text_of(table), &shown)));
    }
    answers = mem_array(frame_rows(f) * model_width(m), sizeof *answers);
    GO(answers ? PTG_OK : fail_memory(err));
    status = model_predict_frame(m, f, o->allow_missing, answers, err);
    if (status != PTG_OK) {
        status = fail_within(err, status, "'%s'", text_shown(text_of(table), &shown));
        goto done;
    }
    append_header(&b, m, o);
    append_rows(&b, m, kept, places, o, frame_rows(f), answers);
    GO(text_buffer_check(&b, err));
    GO(deliver(output, &b, err));
done:
    text_buffer_clear(&b);
    mem_free(answers);
    mem_free(places);
    frame_free(kept);
    frame_free(f);
    return status;
}
