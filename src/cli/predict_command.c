/* predict: a model or a job, a table in, CSV out. */
#include <stdlib.h>
#include <string.h>

#include "command.h"

int command_predict(int count, char **arguments)
{
    static const char *const extra[] = {"output=", "candidate=", "keep,", "allow_missing", NULL};
    words w;
    int status = words_read("predict", count, arguments, extra, 0, &w);
    if (status != 0) return status;
    if (w.n_places != 2) {
        words_clear(&w);
        return say_usage("predict", "`pilotage predict` takes a job folder or model file, and a table.");
    }
    ptg_error error = {0};
    ptg_model *model = NULL;
    json_t *options = json_object();
    const json_t *keep = json_object_get(w.values, "keep");
    if (keep) json_object_set(options, "keep", (json_t *)keep);
    if (words_flag(&w, "allow_missing")) json_object_set_new(options, "allow_missing", json_true());
    char *text = json_dumps(options, JSON_COMPACT);
    ptg_status done = ptg_model_open(w.place[0], words_text(&w, "candidate"), &model, &error);
    if (done == PTG_OK) done = ptg_model_predict_file(model, w.place[1], words_text(&w, "output"), text, &error);
    if (done != PTG_OK) status = say_error(&error);
    ptg_model_free(model);
    free(text);
    json_decref(options);
    words_clear(&w);
    return status;
}
