/* Calibration of class probabilities: one temperature fitted on pooled out-of-fold rows, and a floor that no probability goes
 * below. */
#ifndef EVALUATE_CALIBRATION_H
#define EVALUATE_CALIBRATION_H

#include "numeric/metric.h"
#include "base/fail.h"

/* What a fit found. The temperature T turns p into p^(1/T), renormalised: above 1 it draws probabilities together. It is 1
 * exactly unless log loss, cross-fitted over 5 parts, got lower. */
typedef struct calibration {
    double temperature;
    double log_loss_before, log_loss_after; /* on the pooled rows: as they came, and cross-fitted */
} calibration;

/* True for objectives that read probabilities as such (log_loss, brier); ranks and tuned labels gain nothing. */
bool calibration_suits(const objective *o);

/* Fits the temperature by log loss on binary or multiclass rows; whole groups stay in one part (`group` NULL: none).
 * PTG_ERROR_USAGE for regression. NaN predictions and no rows of weight give temperature 1. */
ptg_status calibration_fit(const metric_input *rows, const int32_t *group, uint64_t seed, calibration *out, ptg_error *err);

/* Applies a temperature in place to n rows of prediction_width probabilities; each row alone. Temperature 1 changes nothing. */
void calibration_apply(double temperature, problem_type problem, int32_t n_classes, int64_t n, double *probability);

/* 1 / (10 x training rows). */
double probability_floor(int64_t training_rows);
/* Raises every probability to the floor and renormalises the row, in place; each row alone. Binary: p is kept within floor and
 * 1 - floor. */
void probability_floor_apply(double floor, problem_type problem, int32_t n_classes, int64_t n, double *probability);

#endif
