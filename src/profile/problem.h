/* What is to be predicted: the problem type, the classes, the positive one, and the target of each row. */
#ifndef PROFILE_PROBLEM_H
#define PROFILE_PROBLEM_H

#include "profile/profile.h"

/* Fills the fields of `facts` on the problem from the target's statistics (facts->columns[target]) and cells. Errors: see
 * profile_make. */
ptg_status problem_make(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err);

#endif
