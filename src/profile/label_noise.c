/* Classes: predictions are ordered by confidence inside each predicted class, and errors counted by fifths; noise makes them
 * equal. Numbers: residuals beyond six robust deviations that have lost all connection with the prediction. The idea of
 * out-of-fold disagreement is that of confident learning (Northcutt et al. 2021). */
#include "profile/label_noise.h"

#include <math.h>

#include "numeric/order.h"
#include "profile/check_material.h"
#include "profile/number_summary.h"
#include "profile/repeated_features.h"

#define FIFTHS 5
#define LEAST_PREDICTED 50 /* rows of a class, for its order to be looked at */
#define MAIN_CLASS 0.05    /* share of rows from which a class must be told apart clearly */
#define CLEAR 0.12         /* errors in the clearest fifth of such a class: at most so many, or 1.5 times the overall rate */
#define CLEAR_RATE 1.5
#define CLEAR_MOST 0.3
#define LEAST_ROWS 1000
#define COARSE 0.2
#define EXCLUDED_FLAT 0.18 /* the first fifth, less a standard error, over the second: at least so much, */
#define EXCLUDED_RISE 1.2  /* and so many times more than what overlap leaves among the rows that exclude a class most */
#define EXCLUDED_MOST 0.5  /* share of a class's label among the rows that exclude it most, over its share in all */
#define FLAT_BELOW 0.6     /* errors of the clearest fifth over those of three fifths */
#define FLAT_ABOVE 1.6
#define RATE_MOST 0.3
#define RATE_MOST_SEVERAL 0.36
#define SUSPECT 0.2 /* probability of the own label below which a row is suspected */
#define FAR 4.5     /* robust deviations */
#define LOST 0.2    /* correlation of target and prediction among far rows */
#define ONE_SIDE 0.2
#define STRONG 0.7 /* R2 on the rows that are not far */
#define FAR_LEAST 0.008
#define FAR_MOST 0.25

typedef struct judged_row {
    int32_t own, predicted;
    double confidence, own_probability;
} judged_row;

static judged_row judge_row(const check_material *m, int64_t i)
{
    const int32_t k = m->table.n_outputs;
    const double *p = m->clean_predicted + i * k;
    judged_row r = {.own = (int32_t)m->table.y[i]};
    if (k == 1) {
        r.predicted = *p >= 0.5;
        r.confidence = r.predicted ? *p : 1 - *p;
        r.own_probability = r.own ? *p : 1 - *p;
        return r;
    }
    for (int32_t j = 1; j < k; ++j) {
        if (p[j] > p[r.predicted]) r.predicted = j;
    }
    r.confidence = p[r.predicted];
    r.own_probability = p[r.own];
    return r;
}

typedef struct fifth_counts {
    double n[3], errors[3];
    double worst; /* errors in the clearest fifth of the main class that has most of them; 1 where one is never predicted */
} fifth_counts;

static double class_share(const check_material *m, int32_t class_number)
{
    int64_t n = 0;
    for (int64_t i = 0; i < m->table.n; ++i)
        n += (int32_t)m->table.y[i] == class_number;
    return (double)n / (double)m->table.n;
}

/* Adds the rows that were predicted to be of a class. */
static void count_class(const check_material *m, int32_t class_number, order_item *items, fifth_counts *c)
{
    int64_t n = 0;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (isnan(m->clean_predicted[i * m->table.n_outputs])) continue;
        const judged_row r = judge_row(m, i);
        if (r.predicted == class_number) items[n++] = (order_item){.key = order_key(-r.confidence), .row = i};
    }
    order_sort(items, items + m->table.n, n);
    const bool main_class = class_share(m, class_number) >= MAIN_CLASS;
    if (main_class && n < LEAST_PREDICTED) c->worst = 1;
    if (n < LEAST_PREDICTED) return;
    double errors = 0;
    for (int64_t j = 0; j < n * 3 / FIFTHS; ++j) {
        const int64_t fifth = j * FIFTHS / n;
        const bool wrong = judge_row(m, items[j].row).own != class_number;
        c->n[fifth] += 1;
        c->errors[fifth] += wrong;
        errors += wrong && fifth == 0;
    }
    if (main_class) c->worst = fmax(c->worst, errors / floor((double)n / FIFTHS));
}

static void judge_fifths(const fifth_counts *c, label_noise *out)
{
    const double n = c->n[0] + c->n[1] + c->n[2];
    out->measured = n > 0;
    if (!out->measured) return;
    out->rate = (c->errors[0] + c->errors[1] + c->errors[2]) / n;
    for (int k = 0; k < 3; ++k)
        out->fifth[k] = c->n[k] > 0 ? c->errors[k] / c->n[k] : (double)NAN;
    const double lower = out->fifth[0] - 2 * sqrt(out->fifth[0] * (1 - out->fifth[0]) / c->n[0]);
    const bool clear = c->worst <= fmin(CLEAR_MOST, fmax(CLEAR, CLEAR_RATE * out->rate));
    out->found = clear && out->rate >= NOISE_LEAST && out->rate <= RATE_MOST && lower > NOISE_LEAST / 2 &&
                 out->fifth[0] >= FLAT_BELOW * out->rate && out->fifth[2] <= FLAT_ABOVE * out->rate;
}

static void list_suspects(const check_material *m, order_item *items, label_noise *out)
{
    int64_t n = 0;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (isnan(m->clean_predicted[i * m->table.n_outputs])) continue;
        const judged_row r = judge_row(m, i);
        if (r.own != r.predicted && r.own_probability <= SUSPECT)
            items[n++] = (order_item){.key = order_key(r.own_probability), .row = m->table.rows[i]};
    }
    order_sort(items, items + m->table.n, n);
    out->n_suspects = n;
    for (int64_t j = 0; j < n && out->n_rows < NOISE_ROWS; ++j)
        out->rows[out->n_rows++] = items[j].row;
}

static void judge_two_classes(const check_material *m, order_item *items, label_noise *out)
{
    fifth_counts counts = {0};
    for (int32_t k = 0; k < 2; ++k)
        count_class(m, k, items, &counts);
    judge_fifths(&counts, out);
    if (out->found) list_suspects(m, items, out);
}

/* ---- several classes: classes may lie in a row, with no clear cases in the middle. But labels that the model excludes are
 * never seen where classes merely overlap, and wrong labels are spread over all that it excludes. */

/* Rows ordered by how surely they are not of a class, and how many bear its label in the first fifth and the second. */
static void count_excluded(const check_material *m, int32_t class_number, order_item *items, double *first, double *second)
{
    int64_t n = 0, fifth;
    for (int64_t i = 0; i < m->table.n; ++i) {
        const double p = m->clean_predicted[i * m->table.n_outputs + class_number];
        if (!isnan(p)) items[n++] = (order_item){.key = order_key(p), .row = i};
    }
    order_sort(items, items + m->table.n, n);
    fifth = n / FIFTHS;
    *first = *second = 0;
    for (int64_t j = 0; j < 2 * fifth; ++j) {
        const bool bears = (int32_t)m->table.y[items[j].row] == class_number;
        *first += bears && j < fifth;
        *second += bears && j >= fifth;
    }
    *first /= (double)fifth;
    *second /= (double)fifth;
}

static void judge_excluded(const check_material *m, order_item *items, label_noise *out)
{
    const double k = m->table.n_outputs;
    double first = 0, second = 0, worst = 0;
    for (int32_t c = 0; c < m->table.n_outputs; ++c) {
        double e1, e2;
        count_excluded(m, c, items, &e1, &e2);
        first += e1;
        second += e2;
        worst = fmax(worst, e1 / fmax(class_share(m, c), 1 / (double)m->table.n));
    }
    const double n = (double)m->table.n / FIFTHS;
    out->measured = true;
    out->fifth[0] = first;
    out->fifth[1] = second;
    out->rate = first * (k - 1) / k;
    const double error = sqrt(first / n), lower = first - 2 * error;
    out->found = out->rate >= NOISE_LEAST && out->rate <= RATE_MOST_SEVERAL && lower > NOISE_LEAST / 2 &&
                 worst <= EXCLUDED_MOST && first - error >= (EXCLUDED_FLAT + EXCLUDED_RISE * worst) * second;
    if (out->found) list_suspects(m, items, out);
}

/* ---- numbers */

static ptg_status robust_deviation(const check_material *m, double *scratch, double *out, ptg_error *err)
{
    int64_t n = 0;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (!isnan(m->clean_predicted[i])) scratch[n++] = fabs(m->table.y[i] - m->clean_predicted[i]);
    }
    TRY(sort_numbers(scratch, n, err));
    *out = n > 0 ? 1.4826 * sorted_quantile(scratch, n, 0.5) : 0;
    return PTG_OK;
}

typedef struct residual_sums {
    double n, y, p, yy, pp, yp, above; /* of far rows */
    double n_near, near_y, near_yy, near_rest;
} residual_sums;

static void add_residual(residual_sums *s, double y, double p, bool far_off)
{
    if (far_off) {
        s->n += 1;
        s->y += y;
        s->p += p;
        s->yy += y * y;
        s->pp += p * p;
        s->yp += y * p;
        s->above += y > p;
    } else {
        s->n_near += 1;
        s->near_y += y;
        s->near_yy += y * y;
        s->near_rest += (y - p) * (y - p);
    }
}

static bool is_number_noise(const residual_sums *s, double share)
{
    if (share < FAR_LEAST || share > FAR_MOST || s->n < 10) return false;
    const double r2 = 1 - s->near_rest / (s->near_yy - s->near_y * s->near_y / s->n_near);
    const double vy = s->yy - s->y * s->y / s->n, vp = s->pp - s->p * s->p / s->n, c = s->yp - s->y * s->p / s->n;
    const double r = vy > 0 && vp > 0 ? c / sqrt(vy * vp) : 1, above = s->above / s->n;
    return r2 >= STRONG && r <= LOST && above >= ONE_SIDE && above <= 1 - ONE_SIDE;
}

static ptg_status judge_numbers(const check_material *m, order_item *items, label_noise *out, ptg_error *err)
{
    double *scratch = mem_array(m->table.n, sizeof *scratch), deviation = 0, mean = 0;
    if (scratch == NULL) return fail_memory(err);
    const ptg_status status = robust_deviation(m, scratch, &deviation, err);
    mem_free(scratch);
    TRY(status);
    if (!(deviation > 0)) return PTG_OK;
    residual_sums sums = {0};
    int64_t n = 0;
    for (int64_t i = 0; i < m->table.n; ++i)
        mean += m->table.y[i] / (double)m->table.n;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (isnan(m->clean_predicted[i])) continue;
        const double y = (m->table.y[i] - mean) / deviation, p = (m->clean_predicted[i] - mean) / deviation;
        const bool far_off = fabs(y - p) > FAR;
        add_residual(&sums, y, p, far_off);
        if (far_off) items[n++] = (order_item){.key = order_key(-fabs(y - p)), .row = m->table.rows[i]};
    }
    out->measured = true;
    out->rate = (double)n / (double)m->table.n;
    out->found = is_number_noise(&sums, out->rate);
    out->n_suspects = n;
    order_sort(items, items + m->table.n, n);
    for (int64_t j = 0; j < n && out->found && out->n_rows < NOISE_ROWS; ++j)
        out->rows[out->n_rows++] = items[j].row;
    return PTG_OK;
}

/* Where many rows agree in all features, errors are as frequent in one set of them as the classes are mixed there. */
static bool is_coarse(const check_material *m)
{
    const repeated_features *r = m->facts->conflicts;
    return r != NULL && (double)r->conflicting >= COARSE * (double)m->facts->n_labelled;
}

ptg_status label_noise_make(const check_material *m, label_noise *out, ptg_error *err)
{
    *out = (label_noise){.rate = NAN, .fifth = {NAN, NAN, NAN}};
    if (m->clean_predicted == NULL || m->table.n < LEAST_ROWS || is_coarse(m)) return PTG_OK;
    order_item *items = mem_array(m->table.n, 2 * sizeof *items);
    if (items == NULL) return fail_memory(err);
    ptg_status status = PTG_OK;
    if (m->facts->problem == PROBLEM_REGRESSION) {
        status = judge_numbers(m, items, out, err);
    } else {
        (m->facts->problem == PROBLEM_BINARY ? judge_two_classes : judge_excluded)(m, items, out);
    }
    mem_free(items);
    return status;
}
