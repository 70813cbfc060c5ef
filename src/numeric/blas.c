/* Which backend of dense linear algebra serves, and the calls into OpenBLAS.
 *
 * The wheel scipy-openblas32 prefixes its symbols with scipy_; a system OpenBLAS does not: both are tried. Row-major is had
 * from the Fortran routines by reading a matrix as its transpose (lower row-major is upper column-major). Prototypes are
 * written by hand, since neither the wheel's headers nor a -dev package are needed for building. All symbols are checked before
 * any is used. */
#include "numeric/blas.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/library.h"
#include "base/memory.h"
#include "numeric/blas_plain.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112, LOWER = 122 };

typedef void (*dgemm_type)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *,
                           int);
typedef void (*dgemv_type)(int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void (*dsyrk_type)(int, int, int, int, int, double, const double *, int, double, double *, int);
typedef void (*dpotrf_type)(const char *, const int *, double *, const int *, int *, size_t);
typedef void (*dsyevd_type)(const char *, const char *, const int *, double *, const int *, double *, double *, const int *,
                            int *, const int *, int *, size_t, size_t);
typedef void (*set_threads_type)(int);
typedef char *(*text_type)(void);

typedef struct openblas_functions {
    dgemm_type gemm;
    dgemv_type gemv;
    dsyrk_type syrk;
    dpotrf_type potrf;
    dsyevd_type syevd;
    set_threads_type set_threads;
    text_type config, core;
} openblas_functions;

/* Written once, under `once`. */
static openblas_functions openblas;
static char openblas_name[96];
static const blas *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_gemm(bool ta, bool tb, int32_t m, int32_t n, int32_t k, double alpha, const double *a, int32_t lda,
                      const double *b, int32_t ldb, double beta, double *c, int32_t ldc)
{
    if (m == 0 || n == 0) return;
    openblas.gemm(ROW_MAJOR, ta ? TRANSPOSE : NO_TRANSPOSE, tb ? TRANSPOSE : NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta,
                  c, ldc);
}

static void open_gemv(bool transpose, int32_t m, int32_t n, double alpha, const double *a, int32_t lda, const double *x,
                      double beta, double *y)
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
    for (int32_t i = 0; i < n && info == 0; i++)
        if (!(a[(int64_t)i * n + i] > 0)) info = 1; /* NaN is let through */
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

/* "OpenBLAS 0.3.34 DYNAMIC_ARCH ..." and the kernel's name become "openblas 0.3.34 SkylakeX". */
static void take_name(void)
{
    const char *config = openblas.config(), *version = strchr(config, ' ');
    version = version ? version + 1 : config;
    snprintf(openblas_name, sizeof openblas_name, "openblas %.*s %.40s", (int)strcspn(version, " "), version, openblas.core());
}

/* The functions under the names of the wheel and of a system library. */
#define BOTH_NAMES(name, member)                                                                                               \
    {                                                                                                                          \
        {"scipy_" name, offsetof(openblas_functions, member)},                                                                 \
        {                                                                                                                      \
            name, offsetof(openblas_functions, member)                                                                         \
        }                                                                                                                      \
    }
static const library_function functions[][2] = {
    BOTH_NAMES("cblas_dgemm", gemm),
    BOTH_NAMES("cblas_dgemv", gemv),
    BOTH_NAMES("cblas_dsyrk", syrk),
    BOTH_NAMES("dpotrf_", potrf),
    BOTH_NAMES("dsyevd_", syevd),
    BOTH_NAMES("openblas_set_num_threads", set_threads),
    BOTH_NAMES("openblas_get_config", config),
    BOTH_NAMES("openblas_get_corename", core),
};

static bool bind_all(const library *l, const library_search *search, int naming)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (library_bind(l, search, &functions[i][naming], 1, &openblas, NULL) != PTG_OK) return false;
    return true;
}

/* A library that lacks a function stays open, unused: it may have started threads. */
static bool take_openblas(void)
{
    static const char *const site_paths[] = {"scipy_openblas32/lib/libscipy_openblas.so", NULL};
    static const char *const sonames[] = {"libopenblas.so.0", NULL};
    static const library_search search = {"OpenBLAS", "install the Python package scipy-openblas32", "PILOTAGE_OPENBLAS_LIB",
                                          site_paths, sonames};
    library l = {0};
    if (library_open(&search, &l, NULL) != PTG_OK) return false;
    bool bound = bind_all(&l, &search, 0) || bind_all(&l, &search, 1);
    mem_free(l.path);
    if (!bound) return false;
    openblas.set_threads(1);
    take_name();
    return true;
}

static void choose(void)
{
    static const blas table = {openblas_name, open_gemm, open_gemv, open_syrk, open_potrf, plain_potrs, open_syevd};
    chosen = take_openblas() ? &table : blas_plain();
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
