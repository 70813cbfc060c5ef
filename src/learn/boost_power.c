/* See boost_power.h. The root is found by Newton's steps that stay between two bounds with the root between them. */
#include "learn/boost_power.h"

#include <math.h>

#define ROOT_STEPS 100
#define ROOT_NEARNESS 1e-13

power_leaf power_leaf_of(double gradient, double curvature, double power, double l2)
{
    return (power_leaf){.up = fmax(curvature + (2 - power) * gradient, 0),
                        .down = fmax(curvature - (power - 1) * gradient, 0),
                        .power = power,
                        .l2 = l2};
}

void power_leaf_derive(const power_leaf *leaf, const boost_kernels *k, double v, double *gradient, double *curvature)
{
    double p = leaf->power, x[2] = {(1 - p) * v, (2 - p) * v}, factor[2];
    k->exponential(x, 2, factor);
    double up = leaf->up * factor[0], down = leaf->down * factor[1];
    *gradient = up - down;
    *curvature = (p - 1) * up + (2 - p) * down;
}

/* What is left of the equation at v falls as v grows: the root is above v where it is positive. */
double power_leaf_root(const power_leaf *leaf, const boost_kernels *k)
{
    double low = -POWER_MOST, high = POWER_MOST, v = 0;
    for (int step = 0; step < ROOT_STEPS; step++) {
        double gradient, curvature;
        power_leaf_derive(leaf, k, v, &gradient, &curvature);
        double rest = gradient - leaf->l2 * v, slope = curvature + leaf->l2;
        if (rest == 0) return v;
        if (rest > 0)
            low = v;
        else
            high = v;
        double next = slope > 0 ? v + rest / slope : high;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (fabs(next - v) <= ROOT_NEARNESS * fmax(1, fabs(v))) return next;
        v = next;
    }
    return v;
}
