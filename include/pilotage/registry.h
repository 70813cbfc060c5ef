/* What there is: transformers, algorithms, metrics, findings, instance types, with their parameters and help. */
#ifndef PILOTAGE_REGISTRY_H
#define PILOTAGE_REGISTRY_H

#include "pilotage/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Everything registered, as one JSON object: "transformers", "algorithms", "metrics", "findings", "instances", each an array of
 * objects with "name", "text" and, where there are any, "parameters". Since 0.1. */
PTG_API ptg_status ptg_registry(char **json, ptg_error *err);

/* Help text for one transformer, algorithm, metric or finding; PTG_ERROR_USAGE when there is no such name. Since 0.1. */
PTG_API ptg_status ptg_help(const char *name, char **text, ptg_error *err);

#ifdef __cplusplus
}
#endif
#endif
