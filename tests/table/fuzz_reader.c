/* The entry of libFuzzer: tools/fuzz_reader.sh builds and runs it. Inputs that it finds worth keeping go to
 * tests/corpus/reader. */
#include "reader_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reader_target(data, size);
    return 0;
}
