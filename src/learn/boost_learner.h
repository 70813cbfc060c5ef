/* What the algorithms on boost_trainer.h have in common: a boosting_run with a trainer. */
#ifndef LEARN_BOOST_LEARNER_H
#define LEARN_BOOST_LEARNER_H

#include "learn/boost_trainer.h"
#include "learn/boosting_run.h"

struct learner {
    boosting_run run;
    learn_task task;          /* of `boost`: with the loss and weights that the parameters ask for */
    const int8_t *directions; /* of `boost` */
    boost_trainer trainer;
};

/* Parts of a boosting_kind. */
ptg_status boost_learner_round(learner *l, ptg_error *err);
ptg_status boost_learner_held_out(learner *l, ptg_error *err);
void boost_learner_release(learner *l);

/* Parts of an algorithm: it runs everywhere, and has no library. */
ptg_status boost_learner_available(ptg_error *err);
const char *boost_learner_version(void);

/* Weights drawn anew for each tree lower the loss of classes, and raise that of values; `said` may be null. */
bootstrap_kind boost_learner_sampling(const learn_task *task, const parameter_value *said);

#endif
