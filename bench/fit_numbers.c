/* The cost of an algorithm by itself, on a table made here: fit_numbers ALGORITHM PARAMETERS ROWS NUMBERS CATEGORIES FEW MANY
 * THREADS
 *
 * Trains a regression on NUMBERS normal columns and CATEGORIES of 50 levels. Prints one line of JSON: milliseconds of the
 * processor a round between rounds FEW and MANY, its seconds until round FEW, and the memory in MB that training took above the
 * table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "learn/algorithm.h"
#include "process_usage.h"

enum { LEVELS = 50 };

typedef struct sizes {
    int64_t rows, few, many;
    int32_t numbers, categories;
} sizes;

static ptg_status make_table(const sizes *s, matrix *x, double *target, ptg_error *err)
{
    random_stream r = random_of(1, "fit_numbers");
    for (int64_t i = 0; i < s->rows; i++)
        target[i] = random_normal(&r);
    for (int32_t c = 0; c < s->numbers; c++) {
        char name[32];
        snprintf(name, sizeof name, "x%d", c);
        double *values = matrix_add_real(x, name);
        if (!values) return fail_memory(err);
        for (int64_t i = 0; i < s->rows; i++) {
            values[i] = random_normal(&r);
            target[i] += c == 0 ? 2 * values[i] : c == 1 ? sin(3 * values[i]) : c == 2 ? fabs(values[i]) : 0;
        }
    }
    for (int32_t c = 0; c < s->categories; c++) {
        char name[32];
        snprintf(name, sizeof name, "c%d", c);
        int32_t *codes = matrix_add_coded(x, name, LEVELS, NULL);
        if (!codes) return fail_memory(err);
        for (int64_t i = 0; i < s->rows; i++) {
            codes[i] = (int32_t)random_below(&r, LEVELS);
            target[i] += sin(codes[i] * (c + 1.0));
        }
    }
    return PTG_OK;
}

static ptg_status measure(const algorithm *a, const learn_task *task, const sizes *s, ptg_error *err)
{
    learner *l = NULL;
    predictor *p = NULL;
    usage before = usage_start();
    ptg_status status = a->fit(task, s->few, &l, err);
    double start = usage_seconds(&before);
    if (status == PTG_OK) status = a->finish(l, s->many, &p, err);
    double all = usage_seconds(&before), above = usage_above(&before);
    if (status == PTG_OK)
        printf("{\"ms_per_round\": %.4f, \"start_seconds\": %.4f, \"above_mb\": %.2f}\n",
               1000 * (all - start) / (double)(s->many - s->few), start, above);
    predictor_free(p);
    a->close(l);
    return status;
}

static ptg_status run(const algorithm *a, const json_t *parameters, const sizes *s, int32_t threads, ptg_error *err)
{
    arena *memory = arena_new();
    matrix *x = matrix_new(s->rows);
    double *target = mem_array(s->rows, sizeof *target);
    parameter_value *values;
    ptg_status status = memory && x && target ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = make_table(s, x, target, err);
    if (status == PTG_OK)
        status = parameter_read(a->parameters, a->n_parameters, parameters, "PARAMETERS", memory, &values, err);
    if (status == PTG_OK) {
        learn_task task = {.problem = PROBLEM_REGRESSION,
                           .loss = LOSS_SQUARED,
                           .train = {x, target, NULL},
                           .parameters = values,
                           .threads = threads};
        status = measure(a, &task, s, err);
    }
    mem_free(target);
    matrix_free(x);
    arena_free(memory);
    return status;
}

int main(int count, char **words)
{
    const algorithm *a = count == 9 ? algorithm_find(words[1]) : NULL;
    json_t *parameters = a ? json_loads(words[2], 0, NULL) : NULL;
    if (!parameters) {
        fprintf(stderr, "usage: fit_numbers ALGORITHM PARAMETERS ROWS NUMBERS CATEGORIES FEW MANY THREADS\n");
        return 2;
    }
    sizes s = {.rows = strtoll(words[3], NULL, 10),
               .numbers = atoi(words[4]),
               .categories = atoi(words[5]),
               .few = strtoll(words[6], NULL, 10),
               .many = strtoll(words[7], NULL, 10)};
    ptg_error err = {0};
    ptg_status status = run(a, parameters, &s, atoi(words[8]), &err);
    if (status != PTG_OK) fprintf(stderr, "%s\n", err.message);
    json_decref(parameters);
    return status == PTG_OK ? 0 : 1;
}
