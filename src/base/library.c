/* Loading libraries at run time: one search order for all of them (see library.h). A pointer from dlsym is copied by memcpy
 * into a function pointer, because ISO C has no conversion between the two (POSIX promises that the bytes are the same). */
#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define MAX_PATH 4096

/* Takes `levels` names off the end of a path; false when it has fewer. */
static bool go_up(char *path, int levels)
{
    for (; levels > 0; levels--) {
        char *slash = strrchr(path, '/');
        if (!slash || slash == path) return false;
        *slash = '\0';
    }
    return true;
}

/* The site-packages folder of a wheel: this code lies in site-packages/pilotage/_lib/ or _bin/. */
static bool own_site_packages(char path[MAX_PATH])
{
    Dl_info info;
    char file[MAX_PATH];
    void *here = NULL;
    bool (*self)(char *) = own_site_packages;
    memcpy(&here, &self, sizeof here);
    bool shared = dladdr(here, &info) && info.dli_fname && info.dli_fname[0] == '/' && strstr(info.dli_fname, ".so");
    if (shared) {
        snprintf(file, sizeof file, "%s", info.dli_fname);
    } else {
        ssize_t length = readlink("/proc/self/exe", file, sizeof file - 1);
        if (length <= 0) return false;
        file[length] = '\0';
    }
    char *resolved = realpath(file, NULL);
    if (!resolved) return false;
    bool fits = strlen(resolved) < MAX_PATH;
    if (fits) memcpy(path, resolved, strlen(resolved) + 1);
    free(resolved);
    return fits && go_up(path, 3);
}

/* Site-packages folder number i of the search; false after the last. An empty path is one to skip. */
static bool site_packages(int i, char path[MAX_PATH])
{
    path[0] = '\0';
    if (i == 0) {
        const char *told = getenv("PILOTAGE_SITE_PACKAGES");
        if (told) snprintf(path, MAX_PATH, "%s", told);
        return true;
    }
    if (i == 1) {
        if (!own_site_packages(path)) path[0] = '\0';
        return true;
    }
#ifdef PTG_DEVELOPMENT_SITE_PACKAGES
    if (i == 2) {
        snprintf(path, MAX_PATH, "%s", PTG_DEVELOPMENT_SITE_PACKAGES);
        return true;
    }
#endif
    return false;
}

/* dlerror as a sentence. "libgomp.so.1: cannot open shared object file: ..." about another file than the one asked for is a
 * missing dependency: that one has to be installed, not the library. */
static ptg_status fail_open(const library_search *search, const char *path, ptg_error *err)
{
    const char *reason = dlerror();
    if (!reason) reason = "unknown error";
    const char *colon = strchr(reason, ':');
    size_t length = colon ? (size_t)(colon - reason) : 0;
    text_shown_buffer shown, shown_reason;
    text_shown(text_of(path), &shown);
    if (length > 0 && length < 80 && strstr(colon, "cannot open shared object file") && strncmp(reason, path, length) != 0)
        return fail(err, PTG_ERROR_LIBRARY, "%s at '%s' needs %.*s, which is missing: install it%s.", search->name, shown.data,
                    (int)length, reason, strncmp(reason, "libgomp", 7) == 0 ? " (Debian package libgomp1)" : "");
    return fail(err, PTG_ERROR_LIBRARY, "%s at '%s' cannot be loaded (%s): %s.", search->name, shown.data,
                text_shown(text_of(reason), &shown_reason), search->advice);
}

static ptg_status open_file(const library_search *search, const char *path, library *out, ptg_error *err)
{
    out->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!out->handle) return fail_open(search, path, err);
    out->path = mem_text(path, strlen(path));
    return out->path ? PTG_OK : fail_memory(err);
}

/* The file in one site-packages folder; *found says whether there was one. */
static ptg_status open_in_site(const library_search *search, const char *site, library *out, bool *found, ptg_error *err)
{
    for (const char *const *name = search->site_paths; *name && !*found; name++) {
        char path[MAX_PATH + 256];
        int length = snprintf(path, sizeof path, "%s/%s", site, *name);
        if (length < 0 || (size_t)length >= sizeof path || !file_exists(path)) continue;
        *found = true;
        TRY(open_file(search, path, out, err));
    }
    return PTG_OK;
}

ptg_status library_open(const library_search *search, library *out, ptg_error *err)
{
    *out = (library){0};
    const char *told = getenv(search->variable);
    if (told && told[0]) {
        text_shown_buffer shown;
        if (!file_exists(told))
            return fail(err, PTG_ERROR_LIBRARY, "%s names '%s', which is not there: correct or unset it.", search->variable,
                        text_shown(text_of(told), &shown));
        return open_file(search, told, out, err);
    }
    char site[MAX_PATH];
    for (int i = 0; site_packages(i, site); i++) {
        bool found = false;
        if (site[0]) TRY(open_in_site(search, site, out, &found, err));
        if (found) return PTG_OK;
    }
    for (const char *const *name = search->sonames; *name; name++) {
        out->handle = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
        if (!out->handle) continue;
        out->path = mem_text(*name, strlen(*name));
        return out->path ? PTG_OK : fail_memory(err);
    }
    return fail(err, PTG_ERROR_LIBRARY, "%s was not found: %s, or name its file in %s.", search->name, search->advice,
                search->variable);
}

ptg_status library_bind(const library *l, const library_search *search, const library_function *functions, int32_t n,
                        void *table, ptg_error *err)
{
    for (int32_t i = 0; i < n; i++) {
        void *symbol = dlsym(l->handle, functions[i].name);
        text_shown_buffer shown;
        if (!symbol)
            return fail(err, PTG_ERROR_LIBRARY, "%s at '%s' has no function %s, so its version does not fit: %s.", search->name,
                        text_shown(text_of(l->path), &shown), functions[i].name, search->advice);
        memcpy((char *)table + functions[i].offset, &symbol, sizeof symbol);
    }
    return PTG_OK;
}
