/* The value of a leaf under a logarithmic link (Poisson, Tweedie). With a row's sum moved by v its derivatives are those at the
 * old sum times powers of e^v, so that two sums over the rows, taken once, hold all that any number of steps needs. */
#ifndef LEARN_BOOST_POWER_H
#define LEARN_BOOST_POWER_H

#include "learn/boost_kernels.h"

#define POWER_MOST 20 /* no value moves a prediction by more than e^20 */

typedef struct power_leaf {
    double up, down; /* sums of w y e^((1-p)a) and w e^((2-p)a), neither below 0 */
    double power;    /* p in [1, 2) */
    double l2;
} power_leaf;

/* The sums from those of gradient and curvature, up - down and (p-1) up + (2-p) down. */
power_leaf power_leaf_of(double gradient, double curvature, double power, double l2);
/* Gradient up e^((1-p)v) - down e^((2-p)v) of the leaf's rows moved by v, without the penalty, and its curvature. */
void power_leaf_derive(const power_leaf *leaf, const boost_kernels *k, double v, double *gradient, double *curvature);
/* The v within +-POWER_MOST where the gradient is l2 v: the value that makes the loss with its penalty least. */
double power_leaf_root(const power_leaf *leaf, const boost_kernels *k);

#endif
