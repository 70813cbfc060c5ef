/* The list of all preprocessors. A new one is a file of its own and its line here, in the order of names. */
#include <string.h>

#include "transform/transformer.h"

extern const transformer date_time_vectorizer, frequency_encoder, multi_column_tfidf_vectorizer, quantile_normalizer,
    robust_imputer, robust_missing_indicator, robust_ordinal_encoder, robust_standard_scaler, sequence_statistics,
    target_encoder, text_model_score, text_statistics, threshold_one_hot_encoder;

const transformer *const transformers[] = {
    &date_time_vectorizer,     &frequency_encoder,      &multi_column_tfidf_vectorizer, &quantile_normalizer, &robust_imputer,
    &robust_missing_indicator, &robust_ordinal_encoder, &robust_standard_scaler,        &sequence_statistics, &target_encoder,
    &text_model_score,         &text_statistics,        &threshold_one_hot_encoder,
};
const int32_t n_transformers = sizeof transformers / sizeof transformers[0];

const transformer *transformer_find(const char *name)
{
    for (int32_t i = 0; i < n_transformers; i++)
        if (strcmp(transformers[i]->name, name) == 0) return transformers[i];
    return NULL;
}

bool transformer_keeps_input(const transformer *t, const parameter_value *parameters)
{
    int32_t row = parameter_find(t->parameters, t->n_parameters, "keep_input");
    return t->keeps_input || (row >= 0 && parameters[row].number != 0);
}
