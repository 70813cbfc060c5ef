/* What each column is for. */
#ifndef PROFILE_COLUMN_ROLES_H
#define PROFILE_COLUMN_ROLES_H

#include "profile/profile.h"

/* Gives the columns that the request names their roles (target, weight, group, time, ignored), all others ROLE_FEATURE, without
 * reasons. PTG_ERROR_USAGE for a number that is no column, or one column in two roles. */
ptg_status roles_take_request(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err);

/* Turns features into ids and constants by their statistics and power, and says why for every column. */
ptg_status roles_decide(const frame *f, profile_facts *facts, ptg_error *err);

/* PTG_ERROR_DATA for a weight that is no number, negative, missing or zero everywhere, and a time column without times. */
ptg_status roles_check_helpers(const frame *f, const profile_request *request, const profile_facts *facts, ptg_error *err);

#endif
