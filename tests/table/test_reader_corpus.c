/* Every file of tests/corpus/reader once more: seeds of all formats, and whatever crashed the reader before. */
#include "table_fixture.h"

#include <dirent.h>

#include "base/file.h"
#include "base/memory.h"
#include "reader_target.h"

static void replays_the_corpus(void **state)
{
    (void)state;
    char folder[4000], path[4300];
    const char *root = getenv("PTG_SOURCE");
    snprintf(folder, sizeof folder, "%s/tests/corpus/reader", root ? root : ".");
    DIR *list = opendir(folder);
    assert_non_null(list);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        char *data;
        int64_t size;
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_int_equal(file_read(path, &data, &size, NULL), PTG_OK);
        reader_target((const uint8_t *)data, (size_t)size);
        mem_free(data);
        n++;
    }
    closedir(list);
    assert_true(n >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(replays_the_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
