/* Times reading a table to typed columns in memory, and writing its frame: read_frame FILE THREADS REPEATS [FRAME]. Prints one
 * JSON object: seconds of each reading, of the writing, rows, columns, types, and the peak of resident memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "table/frame.h"

static int complain(const ptg_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

static void print_types(const frame *f)
{
    for (int32_t i = 0; i < frame_columns(f); i++)
        printf("%s\"%s\"", i ? ", " : "", column_type_names[frame_column(f, i)->type]);
}

int main(int n_words, char **words)
{
    if (n_words < 4) return 2;
    ptg_error err = {0};
    struct rusage used;
    frame *f = NULL;
    pool *threads = pool_new(atoi(words[2]));
    if (!threads) return 1;
    printf("{\"seconds\": [");
    for (int i = 0, repeats = atoi(words[3]); i < repeats; i++) {
        frame_free(f);
        double before = clock_seconds();
        if (frame_read(words[1], &(frame_read_options){.threads = threads}, &f, &err)) return complain(&err);
        printf("%s%.4f", i ? ", " : "", clock_seconds() - before);
    }
    getrusage(RUSAGE_SELF, &used);
    double before = clock_seconds();
    if (n_words > 4 && frame_save(f, words[4], &err)) return complain(&err);
    printf("], \"write_seconds\": %.4f, \"rows\": %lld, \"peak_mb\": %.0f, \"types\": [",
           n_words > 4 ? clock_seconds() - before : 0, (long long)frame_rows(f), (double)used.ru_maxrss / 1024);
    print_types(f);
    printf("]}\n");
    frame_free(f);
    pool_free(threads);
    return 0;
}
