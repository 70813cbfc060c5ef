#!/bin/sh
# Fuzzes the reader of tables with libFuzzer: tools/fuzz_reader.sh SECONDS. Needs clang-14. What is found lies in build-fuzz/found;
# a crash is a file build-fuzz/crash-*: add it to tests/corpus/reader, whose files a unit test replays.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:?"how many seconds?"}
mkdir -p build-fuzz/found build-fuzz/objects
packages="jansson libxxhash libzstd zlib"
for source in src/base/*.c src/table/*.c tests/table/fuzz_reader.c; do
    object=build-fuzz/objects/$(basename "$source" .c).o
    [ "$object" -nt "$source" ] && [ -z "$(find src/base src/table tests/table -name '*.h' -newer "$object")" ] && continue
    # shellcheck disable=SC2046
    clang-14 -std=c17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O1 -g -fno-omit-frame-pointer -Isrc -Iinclude \
        -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined $(pkg-config --cflags $packages) \
        -c "$source" -o "$object"
done
# shellcheck disable=SC2046
clang-14 -fsanitize=fuzzer,address,undefined build-fuzz/objects/*.o -o build-fuzz/fuzz_reader $(pkg-config --libs $packages) \
    -lm -ldl -lpthread
build-fuzz/fuzz_reader -max_total_time="$seconds" -max_len=600 -timeout=20 -rss_limit_mb=3000 -dict=tests/corpus/reader.dict \
    -artifact_prefix=build-fuzz/ -print_final_stats=1 build-fuzz/found tests/corpus/reader
