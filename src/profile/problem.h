/* What is to be predicted: the problem type, the classes, the positive one, and the target of each row. */
#ifndef PROFILE_PROBLEM_H
#define PROFILE_PROBLEM_H

#include "profile/profile.h"

/* Fills the fields of `facts` on the problem from the target's statistics (facts->columns[target]) and cells. Errors: see
 * profile_make. */
ptg_status problem_make(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err);

/* Which of two labels, in sort order, is the positive one: the first of a known pair of opposites, else the rarer, else the
 * later one. */
int32_t problem_positive(const text labels[2], const int64_t counts[2]);

#endif
