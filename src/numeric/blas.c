/* Which backend of dense linear algebra serves, and the calls into OpenBLAS.
 *
 * The wheel scipy-openblas32 prefixes its symbols with scipy_; a system OpenBLAS does not: both are tried. Row-major is had from the
 * Fortran routines by reading a matrix as its transpose (lower row-major is upper column-major). Prototypes are written by hand,
 * since neither the wheel's headers nor a -dev package are needed for building. All symbols are checked before any is used. */
#include "numeric/blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "numeric/blas_plain.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112, LOWER = 122 };

typedef void (*dgemm_type)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void (*dgemv_type)(int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void (*dsyrk_type)(int, int, int, int, int, double, const double *, int, double, double *, int);
typedef void (*dpotrf_type)(const char *, const int *, double *, const int *, int *, size_t);
typedef void (*dsyevd_type)(const char *, const char *, const int *, double *, const int *, double *, double *, const int *, int *,
                            const int *, int *, size_t, size_t);
typedef void (*set_threads_type)(int);
typedef char *(*text_type)(void);

/* Written once, under `once`. */
static struct {
    dgemm_type gemm;
    dgemv_type gemv;
    dsyrk_type syrk;
    dpotrf_type potrf;
    dsyevd_type syevd;
    set_threads_type set_threads;
    text_type config, core;
} openblas;
static char openblas_name[96];
static blas openblas_table;
static const blas *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_gemm(bool ta, bool tb, int32_t m, int32_t n, int32_t k, double alpha, const double *a, int32_t lda,
                      const double *b, int32_t ldb, double beta, double *c, int32_t ldc)
{
    if (m == 0 || n == 0) return;
    openblas.gemm(ROW_MAJOR, ta ? TRANSPOSE : NO_TRANSPOSE, tb ? TRANSPOSE : NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c,
                  ldc);
}

static void open_gemv(bool transpose, int32_t m, int32_t n, double alpha, const double *a, int32_t lda, const double *x, double beta,
                      double *y)
{
    if (m == 0 || n == 0) {
        plain_gemv(transpose, m, n, alpha, a, lda, x, beta, y);
        return;
    }
    openblas.gemv(ROW_MAJOR, transpose ? TRANSPOSE : NO_TRANSPOSE, m, n, alpha, a, lda, x, 1, beta, y, 1);
}

static void open_syrk(int32_t n, int32_t k, double alpha, const double *a, int32_t lda, double beta, double *c)
{
    if (n == 0) return;
    openblas.syrk(ROW_MAJOR, LOWER, TRANSPOSE, n, k, alpha, a, lda, beta, c, n);
    plain_mirror(n, c);
}

static bool open_potrf(int32_t n, double *a)
{
    if (n == 0) return true;
    int info = 0;
    openblas.potrf("U", &n, a, &n, &info, 1);
    return info == 0;
}

static bool open_syevd(int32_t n, double *a, double *values)
{
    if (n == 0) return true;
    double work_size = 0;
    int integer_size = 0, info = 0, ask = -1;
    openblas.syevd("V", "U", &n, a, &n, values, &work_size, &ask, &integer_size, &ask, &info, 1, 1);
    if (info != 0 || !(work_size < 2147483647.0)) return false;
    int size = (int)work_size;
    double *work = mem_array(size, sizeof *work);
    int *integers = mem_array(integer_size, sizeof *integers);
    bool done = work && integers;
    if (done) openblas.syevd("V", "U", &n, a, &n, values, work, &size, integers, &integer_size, &info, 1, 1);
    mem_free(work);
    mem_free(integers);
    return done && info == 0;
}

/* Copies the address of PREFIXname into the function pointer at `into`. */
static bool find_symbol(void *library, const char *prefix, const char *name, void *into)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    void *address = dlsym(library, whole);
    memcpy(into, &address, sizeof address);
    return address != NULL;
}

static bool find_symbols(void *library, const char *prefix)
{
    return find_symbol(library, prefix, "cblas_dgemm", &openblas.gemm) && find_symbol(library, prefix, "cblas_dgemv", &openblas.gemv) &&
           find_symbol(library, prefix, "cblas_dsyrk", &openblas.syrk) && find_symbol(library, prefix, "dpotrf_", &openblas.potrf) &&
           find_symbol(library, prefix, "dsyevd_", &openblas.syevd) &&
           find_symbol(library, prefix, "openblas_set_num_threads", &openblas.set_threads) &&
           find_symbol(library, prefix, "openblas_get_config", &openblas.config) &&
           find_symbol(library, prefix, "openblas_get_corename", &openblas.core);
}

/* "OpenBLAS 0.3.34 DYNAMIC_ARCH ..." and the kernel's name become "openblas 0.3.34 SkylakeX". */
static void take_name(void)
{
    const char *config = openblas.config(), *version = strchr(config, ' ');
    version = version ? version + 1 : config;
    snprintf(openblas_name, sizeof openblas_name, "openblas %.*s %.40s", (int)strcspn(version, " "), version, openblas.core());
}

static bool take_library(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    if (!find_symbols(library, "scipy_") && !find_symbols(library, "")) {
        dlclose(library);
        return false;
    }
    openblas.set_threads(1);
    take_name();
    openblas_table = (blas){openblas_name, open_gemm, open_gemv, open_syrk, open_potrf, plain_potrs, open_syevd};
    return true;
}

static bool take_from_packages(const char *site_packages)
{
    if (!site_packages || !*site_packages) return false;
    char *path = file_join(site_packages, "scipy_openblas32/lib/libscipy_openblas.so");
    bool taken = path && take_library(path);
    mem_free(path);
    return taken;
}

/* The wheel puts libpilotage.so (or the command) at SITE-PACKAGES/pilotage/_lib/. */
static bool take_beside_us(void)
{
    Dl_info info;
    const char *here = dladdr(openblas_name, &info) && strchr(info.dli_fname, '/') ? info.dli_fname : NULL;
    char *path = here ? realpath(here, NULL) : realpath("/proc/self/exe", NULL);
    for (int level = 0; path && level < 3; level++) {
        char *slash = strrchr(path, '/');
        if (slash) *slash = '\0';
    }
    bool taken = take_from_packages(path);
    free(path);
    return taken;
}

static void choose(void)
{
    const char *told = getenv("PILOTAGE_OPENBLAS_LIB");
    bool taken = told && *told ? take_library(told)
                               : take_from_packages(getenv("PILOTAGE_SITE_PACKAGES")) || take_beside_us() ||
#ifdef PTG_DEVELOPMENT_SITE_PACKAGES
                                     take_from_packages(PTG_DEVELOPMENT_SITE_PACKAGES) ||
#endif
                                     take_library("libopenblas.so.0");
    chosen = taken ? &openblas_table : blas_plain();
}

const blas *blas_get(void)
{
    pthread_once(&once, choose);
    return chosen;
}

const char *blas_name(void)
{
    return blas_get()->name;
}
