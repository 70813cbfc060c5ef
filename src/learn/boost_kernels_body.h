/* Included once an instruction set by boost_kernels.c with KERNEL(name), the name of a function for it, KERNEL_TARGET, its
 * attribute, and KERNEL_SQRT, the square root of
 * lanes in place. Lanes of 8: a compiler splits them where the processor has fewer. */

/* Four columns a step: compilers leave a loop of one column rolled up. */
KERNEL_TARGET static inline void KERNEL(add_row)(const uint8_t *row, int32_t n_columns, int32_t log_bins, int64_t value,
                                                 int64_t *cells)
{
    int32_t c = 0;
    for (; c + 4 <= n_columns; c += 4) {
        int64_t *to = cells + ((int64_t)c << log_bins);
        to[row[c]] += value;
        to[(1 << log_bins) + row[c + 1]] += value;
        to[(2 << log_bins) + row[c + 2]] += value;
        to[(3 << log_bins) + row[c + 3]] += value;
    }
    for (; c < n_columns; c++)
        cells[((int64_t)c << log_bins) + row[c]] += value;
}

KERNEL_TARGET static inline void KERNEL(fill_columns)(const uint8_t *rows, int32_t n_columns, int32_t log_bins,
                                                      const uint32_t *index, const int64_t *packed, int64_t n, int64_t *cells)
{
    int64_t near = n - FILL_AHEAD > 0 ? n - FILL_AHEAD : 0;
    for (int64_t i = 0; i < near; i++) {
        __builtin_prefetch(rows + (int64_t)index[i + FILL_AHEAD] * n_columns);
        KERNEL(add_row)(rows + (int64_t)index[i] * n_columns, n_columns, log_bins, packed[i], cells);
    }
    for (int64_t i = near; i < n; i++)
        KERNEL(add_row)(rows + (int64_t)index[i] * n_columns, n_columns, log_bins, packed[i], cells);
}

/* The common shapes with constants, so that their loops are unrolled. */
KERNEL_TARGET static void KERNEL(fill)(const bin_block *b, const uint32_t *index, const int64_t *packed, int64_t n,
                                       int64_t *cells)
{
    if (b->n_columns == 16 && b->log_bins == 8)
        KERNEL(fill_columns)(b->rows, 16, 8, index, packed, n, cells);
    else if (b->n_columns == 16)
        KERNEL(fill_columns)(b->rows, 16, b->log_bins, index, packed, n, cells);
    else if (b->n_columns == 4)
        KERNEL(fill_columns)(b->rows, 4, b->log_bins, index, packed, n, cells);
    else
        KERNEL(fill_columns)(b->rows, b->n_columns, b->log_bins, index, packed, n, cells);
}

KERNEL_TARGET static void KERNEL(part)(int64_t *left, int64_t *right, int64_t n, int32_t right_known)
{
    if (right_known) {
        for (int64_t i = 0; i < n; i++)
            left[i] -= right[i];
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t known = right[i];
        right[i] = left[i] - known;
        left[i] = known;
    }
}

/* Exact for whole numbers below 2^51. */
KERNEL_TARGET static inline void KERNEL(to_numbers)(const lanes_int *in, lanes_real *out)
{
    lanes_int moved = *in + WHOLE_BITS;
    memcpy(out, &moved, sizeof moved);
    *out -= WHOLE_REAL;
}

/* 1 / x for x in the range of f32: its quotient, and one step of Newton's method. Every operation is correctly rounded. */
KERNEL_TARGET static inline void KERNEL(invert)(lanes_real *x)
{
    lanes_short narrow = 1.0f / __builtin_convertvector(*x, lanes_short);
    lanes_real r = __builtin_convertvector(narrow, lanes_real);
    *x = r * (2.0 - *x * r);
}

/* sums[b] is what goes left at split b; the leaf's total goes left and right together. */
KERNEL_TARGET static inline void KERNEL(score_splits)(const int64_t *sums, int64_t total, int32_t n_splits,
                                                      const boost_packing *p, double lambda, boost_scores *to)
{
    int64_t mask = (INT64_C(1) << p->weight_bits) - 1;
    double all_weight = packed_weight(p, total), all_gradient = packed_gradient(p, total);
    for (int32_t b = 0; b < n_splits; b += LANES) {
        lanes_int sum, weight, gradient;
        lanes_real wl, gl, numerator, denominator;
        memcpy(&sum, sums + b, sizeof sum);
        weight = sum & mask;
        gradient = sum >> p->weight_bits;
        KERNEL(to_numbers)(&weight, &wl);
        KERNEL(to_numbers)(&gradient, &gl);
        lanes_real wr = all_weight - wl, gr = all_gradient - gl;
        lanes_real dl = wl + lambda, dr = wr + lambda, inverse = dl * dr;
        KERNEL(invert)(&inverse);
        lanes_real al = gl * dr * inverse, ar = gr * dl * inverse;
        memcpy(&numerator, to->numerator + b, sizeof numerator);
        memcpy(&denominator, to->denominator + b, sizeof denominator);
        numerator += al * gl + ar * gr;
        denominator += al * al * wl + ar * ar * wr;
        memcpy(to->numerator + b, &numerator, sizeof numerator);
        memcpy(to->denominator + b, &denominator, sizeof denominator);
    }
}

KERNEL_TARGET static void KERNEL(scan_borders)(const int64_t *cells, int32_t n_bins, const boost_packing *p, double lambda,
                                               boost_scores *to)
{
    int64_t sums[BINS_MOST + LANES], sum = 0;
    for (int32_t b = 0; b < n_bins; b++)
        sums[b] = sum += cells[b];
    for (int32_t b = n_bins; b < n_bins + LANES; b++)
        sums[b] = sum;
    KERNEL(score_splits)(sums, sum, n_bins - 1, p, lambda, to);
}

KERNEL_TARGET static void KERNEL(scan_levels)(const int64_t *cells, int32_t n_bins, const boost_packing *p, double lambda,
                                              boost_scores *to)
{
    int64_t sums[BINS_MOST + LANES] = {0}, sum = 0;
    for (int32_t b = 0; b < n_bins; b++) {
        sums[b] = cells[b];
        sum += cells[b];
    }
    KERNEL(score_splits)(sums, sum, n_bins, p, lambda, to);
}

/* noise_normal(noise_word(key, 1, bin)) for 8 bins; see boost_noise.h. */
KERNEL_TARGET static inline void KERNEL(draw_normal)(uint64_t key, int32_t bin, lanes_real *out)
{
    lanes_word z = (lane_steps + (uint64_t)bin * NOISE_B) + (key + NOISE_A);
    z = (z ^ (z >> 30)) * NOISE_C;
    z = (z ^ (z >> 27)) * NOISE_D;
    z = z ^ (z >> 31);
    z = (z & 0xffff) + (z >> 16 & 0xffff) + (z >> 32 & 0xffff) + (z >> 48);
    lanes_int sum = (lanes_int)z;
    KERNEL(to_numbers)(&sum, out);
    *out = (*out - NOISE_MEAN) * NOISE_UNIT;
}

/* Bits of `yes` where the mask is set, else of `no`. */
KERNEL_TARGET static inline void KERNEL(pick)(const lanes_int *mask, const lanes_real *yes, lanes_real *no)
{
    lanes_int from, to;
    memcpy(&from, yes, sizeof from);
    memcpy(&to, no, sizeof to);
    to = (from & *mask) | (to & ~*mask);
    memcpy(no, &to, sizeof to);
}

/* Each lane keeps its first best; the best of the lanes, the lowest bin of equals, is taken in the end. */
KERNEL_TARGET static int32_t KERNEL(choose)(const boost_scores *scores, int32_t n, const boost_contest *how, double *best_score)
{
    lanes_real best = lane_numbers * 0.0 - INFINITY, best_clean = best, best_bin = best;
    for (int32_t b = 0; b < n; b += LANES) {
        lanes_real clean, noisy, denominator, bins = lane_numbers + b;
        memcpy(&clean, scores->numerator + b, sizeof clean);
        memcpy(&denominator, scores->denominator + b, sizeof denominator);
        if (how->cosine) {
            denominator += 1e-100;
            KERNEL_SQRT(&denominator);
            clean = clean / denominator;
        }
        noisy = clean;
        if (how->noise > 0) {
            lanes_real noise;
            KERNEL(draw_normal)(how->key, b, &noise);
            noisy += how->noise * noise;
        }
        lanes_int better = (noisy > best) & (bins < n);
        KERNEL(pick)(&better, &noisy, &best);
        KERNEL(pick)(&better, &clean, &best_clean);
        KERNEL(pick)(&better, &bins, &best_bin);
    }
    int lane = 0;
    for (int i = 1; i < LANES; i++)
        if (best[i] > best[lane] || (best[i] == best[lane] && best_bin[i] < best_bin[lane])) lane = i;
    if (!(best[lane] > -INFINITY)) return -1;
    *best_score = best_clean[lane];
    return (int32_t)best_bin[lane];
}

/* Into -EXP_MOST ... EXP_MOST. */
KERNEL_TARGET static inline void KERNEL(limit)(lanes_real *x)
{
    lanes_real most = EXP_MOST - (lanes_real){0}, least = -most;
    lanes_int above = *x > most, below = *x < least, bits, most_bits, least_bits;
    memcpy(&bits, x, sizeof bits);
    memcpy(&most_bits, &most, sizeof bits);
    memcpy(&least_bits, &least, sizeof bits);
    bits = (bits & ~above & ~below) | (most_bits & above) | (least_bits & below);
    memcpy(x, &bits, sizeof bits);
}

/* e^x = 2^k e^r with |r| <= log(2)/2; e^r by its series, 2^k added to the exponent. */
KERNEL_TARGET static inline void KERNEL(exp_lanes)(lanes_real *x)
{
    KERNEL(limit)(x);
    lanes_real shifted = *x * LOG2_E + WHOLE_REAL, k = shifted - WHOLE_REAL;
    lanes_real r = (*x - k * LN2_HIGH) - k * LN2_LOW, sum = {0};
    for (int i = 0; i < EXP_TERMS; i++)
        sum = sum * r + exp_series[i];
    lanes_int bits, power;
    memcpy(&bits, &sum, sizeof bits);
    memcpy(&power, &shifted, sizeof power);
    bits += power << 52;
    memcpy(x, &bits, sizeof bits);
}

KERNEL_TARGET static void KERNEL(exponential)(const double *x, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i += LANES) {
        size_t size = sizeof(double) * (size_t)(n - i < LANES ? n - i : LANES);
        lanes_real lanes = {0};
        memcpy(&lanes, x + i, size);
        KERNEL(exp_lanes)(&lanes);
        memcpy(out + i, &lanes, size);
    }
}

KERNEL_TARGET static void KERNEL(logistic)(const double *x, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i += LANES) {
        size_t size = sizeof(double) * (size_t)(n - i < LANES ? n - i : LANES);
        lanes_real lanes = {0};
        memcpy(&lanes, x + i, size);
        lanes = -lanes;
        KERNEL(exp_lanes)(&lanes);
        lanes = 1.0 / (1.0 + lanes);
        memcpy(out + i, &lanes, size);
    }
}
