#!/bin/sh
# Each public header compiles alone, as C99 and as C++17: check_headers.sh INCLUDE_FOLDER
set -eu
folder=$1
for path in "$folder"/pilotage/*.h; do
    name=pilotage/$(basename "$path")
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        "${CC:-cc}" -std=c99 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror -fsyntax-only -I "$folder" -x c -
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        "${CXX:-c++}" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$folder" -x c++ -
    echo "$name"
done
