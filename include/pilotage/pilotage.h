/* Pilotage: an autopilot for tables that you can see through. This header takes in all that a user of the library may call. */
#ifndef PILOTAGE_PILOTAGE_H
#define PILOTAGE_PILOTAGE_H

#include "pilotage/error.h"
#include "pilotage/table.h"
#include "pilotage/job.h"
#include "pilotage/model.h"
#include "pilotage/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version, "0.1.0". Static text. Since 0.1. */
PTG_API const char *ptg_version(void);

/* Frees a text that a function of this library handed over; NULL is fine. Since 0.1. */
PTG_API void ptg_text_free(char *text);

#ifdef __cplusplus
}
#endif
#endif
