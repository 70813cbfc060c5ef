/* Contingency of codes and classes. */
#include "profile/class_counts.h"

#include <math.h>

#include "base/memory.h"

#define SMALL_CODE 0.005
#define CURVE_POINTS 400
#define NEWTON_STEPS 25

ptg_status class_counts_make(int32_t n_codes, int32_t n_classes, class_counts *out, ptg_error *err)
{
    *out = (class_counts){.n_codes = n_codes, .n_classes = n_classes};
    out->cells = mem_array(n_codes, sizeof(int64_t) * (size_t)n_classes);
    out->codes = mem_array(n_codes, sizeof(int64_t));
    out->classes = mem_array(n_classes, sizeof(int64_t));
    if (out->cells != NULL && out->codes != NULL && out->classes != NULL) return PTG_OK;
    class_counts_clear(out);
    return fail_memory(err);
}

void class_counts_clear(class_counts *c)
{
    mem_free(c->cells);
    mem_free(c->codes);
    mem_free(c->classes);
    *c = (class_counts){0};
}

void class_counts_add(class_counts *c, int32_t code, int32_t class_number)
{
    ++c->cells[(int64_t)code * c->n_classes + class_number];
    ++c->codes[code];
    ++c->classes[class_number];
    ++c->n;
}

static int32_t largest(const int64_t *counts, int32_t n)
{
    int32_t best = 0;
    for (int32_t k = 1; k < n; ++k) {
        if (counts[k] > counts[best]) best = k;
    }
    return best;
}

double class_counts_impurity(const class_counts *c)
{
    return c->n > 0 ? 1 - (double)c->classes[largest(c->classes, c->n_classes)] / (double)c->n : 0;
}

double class_counts_agreement(const class_counts *c)
{
    const double least = SMALL_CODE * (double)c->n;
    int64_t agree = 0;
    int32_t n_big_codes = 0, n_big_classes = 0;
    bool *named = mem_array(c->n_classes, sizeof *named);
    if (named == NULL) return NAN;
    bool once = true;
    for (int32_t k = 0; k < c->n_classes; ++k)
        n_big_classes += (double)c->classes[k] >= least;
    for (int32_t code = 0; code < c->n_codes; ++code) {
        if ((double)c->codes[code] < least) continue;
        const int64_t *row = c->cells + (int64_t)code * c->n_classes;
        const int32_t k = largest(row, c->n_classes);
        once = once && !named[k];
        named[k] = true;
        agree += row[k];
        ++n_big_codes;
    }
    mem_free(named);
    return once && n_big_codes > 1 && n_big_codes == n_big_classes ? (double)agree / (double)c->n : NAN;
}

double class_counts_cramer(const class_counts *c)
{
    double n = (double)c->n, chi = 0, rows = 0, columns = 0;
    for (int32_t k = 0; k < c->n_classes; ++k)
        columns += c->classes[k] > 0;
    for (int32_t code = 0; code < c->n_codes; ++code) {
        if (c->codes[code] == 0) continue;
        rows += 1;
        for (int32_t k = 0; k < c->n_classes; ++k) {
            if (c->classes[k] == 0) continue;
            const double seen = (double)c->cells[(int64_t)code * c->n_classes + k];
            chi += seen * seen / ((double)c->codes[code] * (double)c->classes[k]);
        }
    }
    if (rows < 2 || columns < 2 || n < 3) return NAN;
    const double phi = fmax(0, chi - 1 - (rows - 1) * (columns - 1) / (n - 1));
    const double r = rows - (rows - 1) * (rows - 1) / (n - 1), k = columns - (columns - 1) * (columns - 1) / (n - 1);
    const double side = fmin(r, k) - 1;
    return side > 0 ? fmin(1, sqrt(phi / side)) : NAN;
}

/* Rows that a part must have so that none of another class in it is within the limit. */
static double least_rows(double impurity)
{
    return 1 / (CERTAIN_IMPURITY * impurity);
}

/* A part is certain when its rows of other classes, and half a row more, are within the limit. */
static bool is_certain(const int64_t *counts, int32_t n_classes, int64_t n, double impurity)
{
    const double others = (double)(n - counts[largest(counts, n_classes)]);
    return (others + 0.5) / ((double)n + 1) <= CERTAIN_IMPURITY * impurity;
}

static double certain_codes(const class_counts *c, double impurity)
{
    int64_t certain = 0;
    for (int32_t code = 0; code < c->n_codes; ++code) {
        const int64_t *row = c->cells + (int64_t)code * c->n_classes;
        if ((double)c->codes[code] >= least_rows(impurity) && is_certain(row, c->n_classes, c->codes[code], impurity))
            certain += c->codes[code];
    }
    return (double)certain / (double)c->n;
}

/* Neighbours together, from either end: `step` is 1 or -1. Stops at the first part that is not certain. */
static int64_t certain_end(const class_counts *c, double impurity, int32_t from, int32_t step, int64_t *part)
{
    int64_t n = 0, certain = 0;
    for (int32_t k = 0; k < c->n_classes; ++k)
        part[k] = 0;
    for (int32_t code = from; code >= 0 && code < c->n_codes; code += step) {
        for (int32_t k = 0; k < c->n_classes; ++k)
            part[k] += c->cells[(int64_t)code * c->n_classes + k];
        n += c->codes[code];
        if ((double)n < least_rows(impurity)) continue;
        if (!is_certain(part, c->n_classes, n, impurity)) break;
        certain = n;
    }
    return certain;
}

/* Logistic regression of class 1 on the normal-like score log(u / (1 - u)) of a code's middle rank. */
static void fit_curve(const class_counts *c, double *a, double *b)
{
    *a = *b = 0;
    for (int step = 0; step < NEWTON_STEPS; ++step) {
        double g[2] = {0, 0}, h[3] = {1e-6, 0, 1e-6}, below = 0;
        for (int32_t code = 0; code < c->n_codes; ++code) {
            const double n = (double)c->codes[code], u = (below + n / 2 + 0.25) / ((double)c->n + 0.5), z = log(u / (1 - u));
            below += n;
            if (n == 0) continue;
            const double p = 1 / (1 + exp(-(*a + *b * z))), w = n * p * (1 - p);
            const double rest = (double)c->cells[(int64_t)code * 2 + 1] - n * p;
            g[0] += rest;
            g[1] += rest * z;
            h[0] += w;
            h[1] += w * z;
            h[2] += w * z * z;
        }
        const double det = h[0] * h[2] - h[1] * h[1];
        if (!(det > 0)) return;
        *a += fmax(-2, fmin(2, (h[2] * g[0] - h[1] * g[1]) / det));
        *b += fmax(-2, fmin(2, (h[0] * g[1] - h[1] * g[0]) / det));
    }
}

static double expected_share(const class_counts *c, double impurity)
{
    double a, b, certain = 0;
    fit_curve(c, &a, &b);
    for (int k = 0; k < CURVE_POINTS; ++k) {
        const double u = (k + 0.5) / CURVE_POINTS, p = 1 / (1 + exp(-(a + b * log(u / (1 - u)))));
        certain += fmin(p, 1 - p) <= CERTAIN_IMPURITY * impurity;
    }
    return certain / CURVE_POINTS;
}

class_certainty class_counts_certainty(const class_counts *c, bool ordered)
{
    const double impurity = class_counts_impurity(c);
    class_certainty out = {.share = 0, .expected = NAN};
    if (!(impurity > 0)) return out;
    if (!ordered || c->n_classes != 2) {
        out.share = ordered ? 0 : certain_codes(c, impurity);
        return out;
    }
    int64_t part[2];
    out.share =
        (double)(certain_end(c, impurity, 0, 1, part) + certain_end(c, impurity, c->n_codes - 1, -1, part)) / (double)c->n;
    out.share = fmin(1, out.share);
    out.expected = expected_share(c, impurity);
    return out;
}
