#!/usr/bin/env python3
"""Checks the order of the rooms: a room includes only rooms that stand above it, and public headers."""

import pathlib
import re
import sys

ROOMS = [
    "base",
    "table",
    "numeric",
    "trees",
    "transform",
    "learn",
    "evaluate",
    "profile",
    "model",
    "compute",
    "plan",
    "tune",
    "notebook",
    "job",
    "cli",
    "serve",
]
PUBLIC_ONLY = {"cli", "serve"}
STRANGERS = {"transform", "learn", "evaluate"}  # these do not see each other

source = pathlib.Path(__file__).resolve().parent.parent / "src"
problems = []
names = {}
for path in sorted(source.rglob("*.[ch]")):
    room = path.relative_to(source).parts[0]
    if room not in ROOMS:
        problems.append(f"{path}: folder '{room}' is no room")
        continue
    if path.name in names:
        problems.append(f"{path}: file name already used by {names[path.name]}")
    names[path.name] = path
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not found:
            continue
        target = found[1].split("/")[0]
        where = f"src/{path.relative_to(source)}:{number}: "
        if target == "pilotage" or target == room:
            continue
        if "/" not in found[1]:
            continue  # a file of the same folder
        if target not in ROOMS:
            problems.append(f"{where}'{target}' is no room")
        elif room in PUBLIC_ONLY:
            problems.append(f"{where}{room} sees public headers only, not '{found[1]}'")
        elif ROOMS.index(target) > ROOMS.index(room):
            problems.append(f"{where}{room} stands above {target} and may not include it")
        elif room in STRANGERS and target in STRANGERS:
            problems.append(f"{where}{room} and {target} do not see each other")
print("\n".join(problems) if problems else f"{len(names)} files in {len(ROOMS)} rooms: the order holds")
sys.exit(1 if problems else 0)
