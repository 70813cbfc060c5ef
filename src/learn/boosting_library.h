/* The C functions of XGBoost and LightGBM that we call, loaded at run time: the wheels have no headers, so the prototypes stand
 * here by hand. Only the files of learn/ that train with them include this. */
#ifndef LEARN_BOOSTING_LIBRARY_H
#define LEARN_BOOSTING_LIBRARY_H

#include <stdint.h>

#include "base/fail.h"

/* XGBoost: include/xgboost/c_api.h of 2.0 ... 3.x. All but the first return 0, or -1 with a text in XGBGetLastError. */
typedef struct xgboost_library {
    void (*XGBoostVersion)(int *major, int *minor, int *patch);
    const char *(*XGBGetLastError)(void);
    int (*XGBRegisterLogCallback)(void (*callback)(const char *));
    int (*XGBSetGlobalConfig)(const char *json);
    int (*XGDMatrixCreateFromCSR)(const char *indptr, const char *indices, const char *data, uint64_t columns,
                                  const char *config, void **out);
    int (*XGDMatrixSetFloatInfo)(void *data, const char *field, const float *values, uint64_t n);
    int (*XGDMatrixSetStrFeatureInfo)(void *data, const char *field, const char **texts, uint64_t n);
    int (*XGDMatrixFree)(void *data);
    int (*XGBoosterCreate)(void *const cached[], uint64_t n, void **out);
    int (*XGBoosterSetParam)(void *booster, const char *name, const char *value);
    int (*XGBoosterUpdateOneIter)(void *booster, int iteration, void *train);
    int (*XGBoosterPredictFromDMatrix)(void *booster, void *data, const char *config, const uint64_t **shape,
                                       uint64_t *dimensions, const float **out);
    int (*XGBoosterSaveModelToBuffer)(void *booster, const char *config, uint64_t *size, const char **out);
    int (*XGBoosterFree)(void *booster);
} xgboost_library;

/* LightGBM: include/LightGBM/c_api.h of 4.x. All return 0, or -1 with a text in LGBM_GetLastError. */
typedef struct lightgbm_library {
    const char *(*LGBM_GetLastError)(void);
    int (*LGBM_RegisterLogCallback)(void (*callback)(const char *));
    int (*LGBM_DatasetCreateFromCSC)(const void *starts, int starts_type, const int32_t *rows, const void *values,
                                     int values_type, int64_t n_starts, int64_t n_values, int64_t n_rows,
                                     const char *parameters, void *reference, void **out);
    int (*LGBM_DatasetSetField)(void *data, const char *field, const void *values, int n, int type);
    int (*LGBM_DatasetFree)(void *data);
    int (*LGBM_BoosterCreate)(void *train, const char *parameters, void **out);
    int (*LGBM_BoosterAddValidData)(void *booster, void *held_out);
    int (*LGBM_BoosterUpdateOneIter)(void *booster, int *finished);
    int (*LGBM_BoosterUpdateOneIterCustom)(void *booster, const float *gradient, const float *hessian, int *finished);
    int (*LGBM_BoosterGetCurrentIteration)(void *booster, int *out);
    int (*LGBM_BoosterGetPredict)(void *booster, int data, int64_t *n, double *out);
    int (*LGBM_BoosterSaveModelToString)(void *booster, int first, int n, int importance, int64_t room, int64_t *size,
                                         char *out);
    int (*LGBM_BoosterFree)(void *booster);
} lightgbm_library;

enum { LIGHTGBM_FLOAT32 = 0, LIGHTGBM_FLOAT64 = 1, LIGHTGBM_INT32 = 2, LIGHTGBM_INT64 = 3 };

/* The library, loaded at the first call and silenced for this thread (both keep their log settings a thread); PTG_ERROR_LIBRARY
 * says what is missing and how to get it. The functions live to the end of the process. */
ptg_status xgboost_open(const xgboost_library **out, ptg_error *err);
ptg_status lightgbm_open(const lightgbm_library **out, ptg_error *err);
/* "xgboost 3.2.0", "lightgbm 4.7.0"; "" when it cannot be loaded. LightGBM has no call for its version: it is that of the
 * wheel, or, for another file, "lightgbm " and the first digits of the file's hash. */
const char *xgboost_version(void);
const char *lightgbm_version(void);

/* A failed call as one sentence: the library's own text up to its stack trace. PTG_ERROR_LIBRARY. */
ptg_status xgboost_fail(const xgboost_library *l, const char *doing, ptg_error *err) __attribute__((cold));
ptg_status lightgbm_fail(const lightgbm_library *l, const char *doing, ptg_error *err) __attribute__((cold));

#endif
