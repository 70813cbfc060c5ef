#!/bin/sh
# localize.sh OUT.a OBJECT...: one archive whose only global symbols are ptg_*.
set -eu
out=$1
shift
joined=$out.o
ld -r -o "$joined" "$@"
objcopy --localize-hidden "$joined"
rm -f "$out"
ar crs "$out" "$joined"
rm -f "$joined"
