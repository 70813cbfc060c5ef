#!/usr/bin/env python3
"""Write python/pilotage/_native.py, the ctypes declarations, from include/pilotage/*.h.

The headers are written in a narrow form (one declaration after a doc comment, PTG_API in front), so that a few regular expressions
read them; anything else stops this script. `--check` fails when the file is stale, which a test does.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ("error", "table", "job", "model", "registry", "pilotage")
TARGET = ROOT / "python" / "pilotage" / "_native.py"

SCALARS = {"int": "c_int", "int32_t": "c_int32", "int64_t": "c_int64", "uint8_t": "c_uint8", "double": "c_double", "size_t": "c_size_t"}


def arguments_of(text):
    """Split a parameter list into its ctypes types."""
    text = " ".join(text.split())
    return [] if text == "void" else [type_of(part, is_argument=True) for part in text.split(",")]


def type_of(text, is_argument=False):
    """Translate one C type (with the parameter's name, if it is one) into a ctypes expression."""
    text = text.replace("const ", "").strip()
    match = re.fullmatch(r"(\w+) ?(\*{0,2}) ?(\w*)", text)
    if not match or (is_argument and not match[3]):
        raise SystemExit(f"cannot read the C type '{text}'")
    name, stars = match[1], len(match[2])
    return pointer_of(name, stars, text)


def pointer_of(name, stars, text):
    """Give the ctypes expression for `name` with so many stars."""
    if name == "ptg_status" and stars == 0:
        return "ctypes.c_int"
    if name == "void":
        return "None" if stars == 0 else "ctypes.c_void_p"
    if name == "ptg_error" and stars == 1:
        return "ctypes.POINTER(Error)"
    if name in ("char",) or name.startswith("ptg_"):
        if stars == 2:
            return "ctypes.POINTER(ctypes.c_void_p)"
        if stars == 1:
            return "ctypes.c_void_p" if name != "char" else "ctypes.c_char_p"
    if name in SCALARS and stars < 2:
        scalar = f"ctypes.{SCALARS[name]}"
        return scalar if stars == 0 else f"ctypes.POINTER({scalar})"
    raise SystemExit(f"cannot translate the C type '{text}'")


def functions_of(text):
    """Yield (name, result, arguments, comment) for each exported function of a header."""
    pattern = re.compile(r"/\*((?:(?!\*/).)*)\*/\s*PTG_API\s+([\w ]+?[ *]+)(ptg_\w+)\(([^)]*)\);", re.DOTALL)
    found = list(pattern.finditer(text))
    declared = len(re.findall(r"^PTG_API ", text, re.MULTILINE))
    if len(found) != declared:
        raise SystemExit(f"{declared} functions are declared, {len(found)} were understood")
    for match in found:
        comment = " ".join(line.strip(" *") for line in match[1].splitlines()).strip()
        # Texts that are handed back for freeing stay addresses.
        arguments = ["ctypes.c_void_p"] if match[3] == "ptg_text_free" else arguments_of(match[4])
        yield match[3], type_of(match[2].strip()), arguments, comment


def wrap(text, width=120):
    """Break a comment into lines."""
    line, lines = "", []
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def generate():
    """Return the text of _native.py."""
    texts = {name: (ROOT / "include" / "pilotage" / f"{name}.h").read_text(encoding="utf-8") for name in HEADERS}
    statuses = re.findall(r"PTG_(OK|ERROR_\w+) = (\d+)", texts["error"])
    size = re.search(r"#define PTG_ERROR_SIZE (\d+)", texts["error"])[1]
    out = ['"""Declarations of libpilotage for ctypes. Written by tools/generate_binding.py from include/pilotage/*.h; do not edit."""']
    out += ["", "import ctypes", "", "# ruff: noqa: E501", ""]
    out += [f"{name.removeprefix('ERROR_') if name != 'OK' else 'OK'} = {value}" for name, value in statuses]
    out += [f"ERROR_SIZE = {size}", "", "", "class Error(ctypes.Structure):"]
    out += ['    """`ptg_error`: owned by the caller."""', ""]
    out += ['    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * ERROR_SIZE)]', "", ""]
    out += ["# Name: (result, arguments).", "FUNCTIONS = {"]
    for name in HEADERS:
        for function, result, arguments, comment in functions_of(texts[name]):
            out += [f"    # {line}" for line in wrap(comment)]
            out += [f'    "{function}": ({result}, ({"".join(a + ", " for a in arguments).strip()})),']
    out += ["}", ""]
    return "\n".join(out)


def main():
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when the file is stale")
    text = generate()
    if parser.parse_args().check:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.relative_to(ROOT)} is stale: run tools/generate_binding.py")
        return
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
