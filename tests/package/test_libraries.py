"""What the libraries show: ptg_* and nothing else, so that a program's own names stay its own."""

import re
import subprocess
from pathlib import Path

LIBRARIES = ["jansson", "sqlite3", "libxxhash", "libzstd", "zlib"]

# A program with names that the engine uses inside as well. Were they not local to the library, its own would be called from there.
PROGRAM = """
#include <stdio.h>
#include <string.h>
#include <pilotage/pilotage.h>

int mem_array(void) { return 41; }
int fail(void) { return 42; }
const char *text_of(void) { return "mine"; }
double clock_seconds(void) { return -1; }

int main(void)
{
    char *json = NULL;
    ptg_error error = {0};
    if (ptg_registry(&json, &error) != PTG_OK || !strstr(json, "RobustImputer")) return 1;
    ptg_text_free(json);
    ptg_table *table = NULL;
    const double values[] = {1, 2, 3};
    if (ptg_table_new(3, &table, &error) != PTG_OK) return 2;
    if (ptg_table_add_numbers(table, "x", "numeric", values, &error) != PTG_OK) return 3;
    ptg_table_free(table);
    if (ptg_help("no such name", &json, &error) != PTG_ERROR_USAGE || !strstr(error.message, "no such name")) return 4;
    printf("%d %d %s %.0f %s", mem_array(), fail(), text_of(), clock_seconds(), ptg_version());
    return 0;
}
"""


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def declared(root):
    """Names of all functions that the public headers declare."""
    text = "".join(path.read_text() for path in sorted((root / "include/pilotage").glob("*.h")))
    return set(re.findall(r"PTG_API[^;]*?\b(ptg_\w+)\s*\(", text))


def test_the_static_library_shows_the_public_names_only(root, build):
    names = {
        line.split()[-1] for line in output("nm", "-g", "--defined-only", build / "libpilotage.a").splitlines() if len(line.split()) == 3
    }
    assert names == declared(root)


def test_the_shared_library_shows_the_public_names_only(root, build):
    names = {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--defined-only", build / "libpilotage.so").splitlines()}
    assert names == declared(root)


def test_the_shared_library_links_neither_openmp_nor_a_training_library(build):
    needed = re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", build / "libpilotage.so"))
    assert not [name for name in needed if re.search("gomp|xgboost|lightgbm|blas|python", name)], needed


def test_a_program_with_clashing_names_gets_the_right_answer(root, build, tmp_path):
    source, program = tmp_path / "clash.c", tmp_path / "clash"
    source.write_text(PROGRAM)
    flags = output("pkg-config", "--cflags", "--libs", *LIBRARIES).split()
    output("gcc", "-std=c17", "-I", root / "include", source, build / "libpilotage.a", *flags, "-lm", "-ldl", "-lpthread", "-o", program)
    version = re.search(r"version: '([^']+)'", Path(root / "meson.build").read_text())[1]
    assert output(program) == f"41 42 mine -1 {version}"


def test_the_library_calls_nothing_that_belongs_to_the_host_process(build):
    """No signal handler, no exit, no change of locale, environment, folder or mask, no wait for processes of others."""
    used = {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--undefined-only", build / "libpilotage.so").splitlines()}
    banned = {
        "signal",
        "sigaction",
        "exit",
        "_exit",
        "abort",
        "setlocale",
        "setenv",
        "putenv",
        "chdir",
        "umask",
        "wait",
        "rand",
        "srand",
        "strtok",
    }
    assert used & banned == set()
