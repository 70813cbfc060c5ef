/* Loading XGBoost and LightGBM once a process. What is found (or why nothing was) is written once and never changes afterwards.
 */
#include "learn/boosting_library.h"

#include <dirent.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/library.h"
#include "base/memory.h"
#include "base/text.h"

enum { VERSION_SIZE = 64 };

static const library_search xgboost_search = {
    .name = "XGBoost",
    .advice = "install the Python package xgboost-cpu (2.0 or newer, below 4)",
    .variable = "PILOTAGE_XGBOOST_LIB",
    .site_paths = (const char *const[]){"xgboost/lib/libxgboost.so", NULL},
    .sonames = (const char *const[]){"libxgboost.so", NULL},
};
static const library_search lightgbm_search = {
    .name = "LightGBM",
    .advice = "install the Python package lightgbm (4.0 or newer)",
    .variable = "PILOTAGE_LIGHTGBM_LIB",
    .site_paths = (const char *const[]){"lightgbm/lib/lib_lightgbm.so", NULL},
    .sonames = (const char *const[]){"lib_lightgbm.so", NULL},
};

#define XGBOOST(name)                                                                                                          \
    {                                                                                                                          \
#name, offsetof(xgboost_library, name)                                                                                 \
    }
static const library_function xgboost_functions[] = {
    XGBOOST(XGBoostVersion),
    XGBOOST(XGBGetLastError),
    XGBOOST(XGBRegisterLogCallback),
    XGBOOST(XGBSetGlobalConfig),
    XGBOOST(XGDMatrixCreateFromCSR),
    XGBOOST(XGDMatrixSetFloatInfo),
    XGBOOST(XGDMatrixSetStrFeatureInfo),
    XGBOOST(XGDMatrixFree),
    XGBOOST(XGBoosterCreate),
    XGBOOST(XGBoosterSetParam),
    XGBOOST(XGBoosterUpdateOneIter),
    XGBOOST(XGBoosterPredictFromDMatrix),
    XGBOOST(XGBoosterSaveModelToBuffer),
    XGBOOST(XGBoosterFree),
};
#define LIGHTGBM(name)                                                                                                         \
    {                                                                                                                          \
#name, offsetof(lightgbm_library, name)                                                                                \
    }
static const library_function lightgbm_functions[] = {
    LIGHTGBM(LGBM_GetLastError),
    LIGHTGBM(LGBM_RegisterLogCallback),
    LIGHTGBM(LGBM_DatasetCreateFromCSC),
    LIGHTGBM(LGBM_DatasetSetField),
    LIGHTGBM(LGBM_DatasetFree),
    LIGHTGBM(LGBM_BoosterCreate),
    LIGHTGBM(LGBM_BoosterAddValidData),
    LIGHTGBM(LGBM_BoosterUpdateOneIter),
    LIGHTGBM(LGBM_BoosterUpdateOneIterCustom),
    LIGHTGBM(LGBM_BoosterGetCurrentIteration),
    LIGHTGBM(LGBM_BoosterGetPredict),
    LIGHTGBM(LGBM_BoosterSaveModelToString),
    LIGHTGBM(LGBM_BoosterFree),
};
#define COUNT(table) ((int32_t)(sizeof(table) / sizeof(table)[0]))

/* Written once, under pthread_once. */
static struct {
    pthread_once_t once;
    xgboost_library functions;
    char version[VERSION_SIZE];
    ptg_error error;
} xgboost = {.once = PTHREAD_ONCE_INIT};
static struct {
    pthread_once_t once;
    lightgbm_library functions;
    char version[VERSION_SIZE];
    ptg_error error;
} lightgbm = {.once = PTHREAD_ONCE_INIT};

/* Both libraries print what they have to say; we take their errors from the calls and the rest is nobody's. */
static void say_nothing(const char *message)
{
    (void)message;
}

static ptg_status xgboost_check_version(ptg_error *err)
{
    int major = 0, minor = 0, patch = 0;
    xgboost.functions.XGBoostVersion(&major, &minor, &patch);
    if (major < 2 || major > 3)
        return fail(err, PTG_ERROR_LIBRARY, "XGBoost %d.%d.%d is not known here: %s.", major, minor, patch,
                    xgboost_search.advice);
    snprintf(xgboost.version, sizeof xgboost.version, "xgboost %d.%d.%d", major, minor, patch);
    return PTG_OK;
}

static void xgboost_load(void)
{
    library l = {0};
    ptg_error *err = &xgboost.error;
    ptg_status status = PTG_OK;
    GO(library_open(&xgboost_search, &l, err));
    GO(library_bind(&l, &xgboost_search, xgboost_functions, COUNT(xgboost_functions), &xgboost.functions, err));
    GO(xgboost_check_version(err));
done:
    xgboost.error.status = status;
    mem_free(l.path);
}

/* SITE/lightgbm/lib/lib_lightgbm.so -> the version in the name SITE/lightgbm-4.7.0.dist-info; false for another place. */
static bool wheel_version(const char *path, char version[VERSION_SIZE])
{
    const char *tail = strstr(path, "/lightgbm/lib/lib_lightgbm.so");
    char site[4096];
    int length = tail ? (int)(tail - path) : 0;
    if (!tail || length >= (int)sizeof site) return false;
    snprintf(site, sizeof site, "%.*s", length, path);
    DIR *folder = opendir(site);
    bool found = false;
    for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
        const char *end = strstr(entry->d_name, ".dist-info");
        if (strncmp(entry->d_name, "lightgbm-", 9) != 0 || !end) continue;
        snprintf(version, VERSION_SIZE, "lightgbm %.*s", (int)(end - entry->d_name) - 9, entry->d_name + 9);
        found = true;
    }
    if (folder) closedir(folder);
    return found;
}

static ptg_status lightgbm_find_version(const char *path, ptg_error *err)
{
    if (wheel_version(path, lightgbm.version)) return PTG_OK;
    file_map map;
    if (!file_exists(path)) {
        snprintf(lightgbm.version, sizeof lightgbm.version, "lightgbm %.40s", path);
        return PTG_OK;
    }
    char digits[HASH_TEXT_SIZE];
    TRY(file_map_open(path, &map, err));
    hash_bytes(map.data, (size_t)map.size, digits);
    file_map_close(&map);
    snprintf(lightgbm.version, sizeof lightgbm.version, "lightgbm %.12s", digits);
    return PTG_OK;
}

static void lightgbm_load(void)
{
    library l = {0};
    ptg_error *err = &lightgbm.error;
    ptg_status status = PTG_OK;
    GO(library_open(&lightgbm_search, &l, err));
    GO(library_bind(&l, &lightgbm_search, lightgbm_functions, COUNT(lightgbm_functions), &lightgbm.functions, err));
    GO(lightgbm_find_version(l.path, err));
done:
    lightgbm.error.status = status;
    mem_free(l.path);
}

ptg_status xgboost_open(const xgboost_library **out, ptg_error *err)
{
    pthread_once(&xgboost.once, xgboost_load);
    *out = NULL;
    if (xgboost.error.status != PTG_OK) return fail(err, xgboost.error.status, "%s", xgboost.error.message);
    *out = &xgboost.functions;
    if (xgboost.functions.XGBRegisterLogCallback(say_nothing) != 0 ||
        xgboost.functions.XGBSetGlobalConfig("{\"verbosity\": 0}") != 0)
        return xgboost_fail(&xgboost.functions, "being silenced", err);
    return PTG_OK;
}

ptg_status lightgbm_open(const lightgbm_library **out, ptg_error *err)
{
    pthread_once(&lightgbm.once, lightgbm_load);
    *out = NULL;
    if (lightgbm.error.status != PTG_OK) return fail(err, lightgbm.error.status, "%s", lightgbm.error.message);
    *out = &lightgbm.functions;
    if (lightgbm.functions.LGBM_RegisterLogCallback(say_nothing) != 0) return lightgbm_fail(*out, "being silenced", err);
    return PTG_OK;
}

const char *xgboost_version(void)
{
    pthread_once(&xgboost.once, xgboost_load);
    return xgboost.version;
}

const char *lightgbm_version(void)
{
    pthread_once(&lightgbm.once, lightgbm_load);
    return lightgbm.version;
}

/* The part of a library's text that is for people: without "[12:00:00] /path/file.cc:123: " before and the stack trace behind.
 */
static ptg_status fail_with(const char *name, const char *doing, const char *reason, ptg_error *err)
{
    const char *trace = strstr(reason, "Stack trace:");
    const char *end = trace ? trace : reason + strlen(reason);
    const char *start = reason[0] == '[' ? strstr(reason, ": ") : NULL;
    start = start && start < end ? start + 2 : reason;
    text_buffer shown = {0};
    text_append_shown(&shown, text_trim((text){start, end - start}), 240);
    ptg_status status =
        fail(err, PTG_ERROR_LIBRARY, "%s failed at %s: %s", name, doing, shown.data ? shown.data : "out of memory");
    text_buffer_clear(&shown);
    return status;
}

ptg_status xgboost_fail(const xgboost_library *l, const char *doing, ptg_error *err)
{
    return fail_with("XGBoost", doing, l->XGBGetLastError(), err);
}

ptg_status lightgbm_fail(const lightgbm_library *l, const char *doing, ptg_error *err)
{
    return fail_with("LightGBM", doing, l->LGBM_GetLastError(), err);
}
