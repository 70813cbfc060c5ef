/* The split: by what the user said, else by the number of rows and the counted work. Chosen once, with its reason. */
#include <stdio.h>

#include "plan/plan_make.h"

/* The first six candidates may take this share of the time limit. */
#define FIRST_ROUND_SHARE 0.4
#define SMALL_ROWS 5000
#define MEDIUM_ROWS 50000
#define SMALL_FOLDS 8
#define MEDIUM_FOLDS 5
#define SPLIT_FRACTION 0.2
#define MOST_HELD_OUT 100000.0

static ptg_status validation_json(const char *kind, int32_t folds, double fraction, const char *reason, json_t **out,
                                  ptg_error *err)
{
    *out =
        json_pack("{s:s,s:i,s:o,s:s}", "kind", kind, "folds", (int)folds, "fraction", json_number(fraction), "reason", reason);
    return *out ? PTG_OK : fail_memory(err);
}

static ptg_status check_wishes(const profile_facts *facts, const plan_wishes *wishes, ptg_error *err)
{
    int said = (wishes->folds != 0) + (wishes->validation_fraction != 0) + wishes->validation_file;
    if (said > 1)
        return fail(err, PTG_ERROR_USAGE,
                    "--folds, --validation-fraction and --validation exclude each other; give one of them.");
    if (wishes->group && wishes->time)
        return fail(err, PTG_ERROR_USAGE, "--group and --time exclude each other; give one of them.");
    if (wishes->time && (wishes->folds || wishes->validation_file))
        return fail(err, PTG_ERROR_USAGE, "--time holds out the last rows and excludes --folds and --validation.");
    if (wishes->folds && wishes->folds < 2) return fail(err, PTG_ERROR_USAGE, "--folds must be at least 2.");
    if (wishes->validation_fraction && !(wishes->validation_fraction > 0 && wishes->validation_fraction < 1))
        return fail(err, PTG_ERROR_USAGE, "--validation-fraction must lie between 0 and 1.");
    if (wishes->folds > facts->n_labelled)
        return fail(err, PTG_ERROR_DATA, "--folds %d is more than the %lld rows that have a target.", wishes->folds,
                    (long long)facts->n_labelled);
    return PTG_OK;
}

/* Rows of the smaller class; all rows for other problems. */
static int64_t smaller_class(const profile_facts *facts)
{
    if (facts->problem != PROBLEM_BINARY) return facts->n_labelled;
    return facts->class_counts[0] < facts->class_counts[1] ? facts->class_counts[0] : facts->class_counts[1];
}

int32_t plan_folds(const profile_facts *facts, const plan_wishes *wishes)
{
    if (wishes->validation_file || wishes->time || wishes->validation_fraction) return 1;
    if (wishes->folds) return wishes->folds;
    return facts->n_labelled < SMALL_ROWS ? SMALL_FOLDS : facts->n_labelled <= MEDIUM_ROWS ? MEDIUM_FOLDS : 1;
}

/* The folds that size and time allow, 1 for one split, with the reason. Fewer folds take their share of the seconds. */
static int32_t folds_in_time(const profile_facts *facts, const plan_wishes *wishes, double seconds, char *reason, size_t size)
{
    int64_t n = facts->n_labelled;
    int32_t by_size = plan_folds(facts, wishes), folds = by_size;
    snprintf(reason, size, "%lld rows: %s", (long long)n,
             folds == SMALL_FOLDS    ? "under 5,000 take 8 folds, so that every score rests on all rows."
             : folds == MEDIUM_FOLDS ? "up to 50,000 take 5 folds."
                                     : "above 50,000 one held-out part is precise enough.");
    static const int32_t ladder[] = {5, 3, 1};
    for (int i = 0; wishes->time_limit > 0 && i < 3; i++) {
        if (seconds * folds / by_size <= FIRST_ROUND_SHARE * wishes->time_limit) break;
        if (ladder[i] >= folds) continue;
        folds = ladder[i];
        snprintf(reason, size, "%lld rows within %g s: the first six candidates would pass 40 %% of the time with more, so %s.",
                 (long long)n, wishes->time_limit,
                 folds == 1   ? "one held-out part is taken"
                 : folds == 3 ? "3 folds are taken"
                              : "5 folds are taken");
    }
    return folds;
}

/* Distinct groups; a row whose group is missing is one of its own. */
static int64_t group_count(const profile_facts *facts)
{
    for (int32_t i = 0; i < facts->n_columns; i++)
        if (facts->columns[i].role == ROLE_GROUP)
            return facts->columns[i].statistics.distinct + facts->columns[i].statistics.missing;
    return 0;
}

/* Groups bound the number of folds. */
static ptg_status group_json(const profile_facts *facts, const plan_wishes *wishes, int32_t folds, json_t **out, ptg_error *err)
{
    char reason[300];
    text_shown_buffer shown;
    int64_t groups = group_count(facts);
    if (folds > 1 && groups < folds) {
        if (wishes->folds || groups < 2)
            return fail(err, PTG_ERROR_DATA,
                        "--group %s has %lld groups, fewer than the %d folds; take fewer folds or another column.",
                        text_shown(text_of(wishes->group), &shown), (long long)groups, folds);
        folds = (int32_t)groups;
    }
    snprintf(reason, sizeof reason, "--group %s: rows of one group are never on both sides.",
             text_shown(text_of(wishes->group), &shown));
    double fraction = wishes->validation_fraction ? wishes->validation_fraction : SPLIT_FRACTION;
    return validation_json("group", folds, fraction, reason, out, err);
}

ptg_status plan_make_validation(const profile_facts *facts, const plan_wishes *wishes, double seconds, json_t **out,
                                ptg_error *err)
{
    TRY(check_wishes(facts, wishes, err));
    char reason[400];
    double fraction = wishes->validation_fraction ? wishes->validation_fraction : SPLIT_FRACTION;
    if (wishes->validation_file)
        return validation_json("file", 1, fraction, "--validation: its rows are held out and never trained on.", out, err);
    if (wishes->time)
        return validation_json("time", 1, fraction, "--time: the last rows in order of time are held out.", out, err);
    int32_t folds = wishes->folds                 ? wishes->folds
                    : wishes->validation_fraction ? 1
                                                  : folds_in_time(facts, wishes, seconds, reason, sizeof reason);
    if (wishes->folds) snprintf(reason, sizeof reason, "--folds %d.", wishes->folds);
    if (wishes->validation_fraction) snprintf(reason, sizeof reason, "--validation-fraction %g.", fraction);
    if (folds > smaller_class(facts)) {
        folds = smaller_class(facts) < 2 ? 2 : (int32_t)smaller_class(facts);
        snprintf(reason, sizeof reason, "%d folds: the smaller class has only %lld rows.", folds,
                 (long long)smaller_class(facts));
    }
    if (wishes->group) return group_json(facts, wishes, folds, out, err);
    if (folds > 1) return validation_json("folds", folds, fraction, reason, out, err);
    if (!wishes->validation_fraction && (double)facts->n_labelled * fraction > MOST_HELD_OUT)
        fraction = MOST_HELD_OUT / (double)facts->n_labelled;
    return validation_json("split", 1, fraction, reason, out, err);
}
