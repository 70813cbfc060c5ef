/* Scores of the small model in words, for the sentences of findings. */
#ifndef PROFILE_FINDING_SCORE_H
#define PROFILE_FINDING_SCORE_H

#include "profile/finding.h"
#include "profile/small_score.h"

/* "AUC 0.94" (binary), "R2 0.87" (regression), "log loss 62 % lower than without features" (multiclass). */
void finding_score(const finding_context *context, small_score score, text_buffer *out);
/* A number rounded to three digits, into `out`. */
const char *finding_short(double value, finding_word *out);

#endif
