/* Words for scores. */
#include "profile/finding_score.h"

#include <math.h>

#include "base/number.h"

const char *finding_short(double value, finding_word *out)
{
    out->data[number_write_short(value, 3, out->data)] = '\0';
    return out->data;
}

void finding_score(const finding_context *context, small_score score, text_buffer *out)
{
    finding_word w;
    const problem_type problem = context->facts->problem;
    if (isnan(score.score)) {
        text_append(out, "no score");
    } else if (problem == PROBLEM_BINARY) {
        text_print(out, "AUC %s", finding_short((score.score + 1) / 2, &w));
    } else if (problem == PROBLEM_REGRESSION) {
        text_print(out, "R2 %s", finding_short(score.score, &w));
    } else {
        text_print(out, "%s %% of the log loss explained", finding_short(100 * score.score, &w));
    }
}
