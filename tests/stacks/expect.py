#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# expect.py RECORDING SOURCE KIND CALL ERRNO COUNT FUNCTION@PLACE... - whether that many calls came that way.
#
# Each FUNCTION@PLACE is a frame, the innermost first; inlined functions are frames, too. PLACE is a word behind "at:" in
# the source, or "-": the line does not matter. "..." at the end: the frames go on. COUNT "-" is at least one, "+N" at least N.

import json
import sys

recording, source, kind, call, errno, count, *frames = sys.argv[1:]
document = json.load(open(recording))
lines = {}
for number, text in enumerate(open(source), 1):
    if "at: " in text:
        lines[text.split("at: ")[1].split()[0]] = number


def names(stack):
    """What a stack's frames are called, with line numbers."""
    for number in stack["frames"]:
        frame = document["frames"][number]
        for symbol in frame["symbols"]:
            yield symbol["function"], symbol["line"]
        if not frame["symbols"]:
            module = document["modules"][frame["module"]]["path"] if frame["module"] is not None else ""
            yield module.split("/")[-1] + "+", 0


def is_it(found, wanted):
    function, _, place = wanted.partition("@")
    return found[0] == function and (place == "-" or found[1] == lines[place])


def matches(stack):
    if (stack["kind"], stack["call"], stack["errno"] or "-") != (kind, call, errno):
        return False
    found = list(names(stack))
    wanted = frames[:-1] if frames[-1] == "..." else frames
    if len(found) < len(wanted):
        return False
    return all(is_it(f, w) for f, w in zip(found, wanted))


total = sum(stack["calls"] for stack in document["stacks"] if matches(stack))
if count == "-" or count.startswith("+"):
    good = total >= float(count[1:] or 1)
else:
    good = round(total) == int(count)
if not good:
    print(f"{total} calls, expected {count}; stacks of {kind} {call} {errno}:")
    for stack in document["stacks"]:
        if stack["kind"] == kind and stack["call"] == call:
            print(stack["errno"], stack["calls"], list(names(stack))[:6])
sys.exit(not good)
