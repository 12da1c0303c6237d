#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# heap-totals.py RECORDING - "ALLOCATED LIVE LIVE_AT_keep_often", in bytes, of the program of heap.c alone.

import json
import sys

document = json.load(open(sys.argv[1]))


def functions(stack):
    return [s["function"] for number in stack["frames"] for s in document["frames"][number]["symbols"]]


own = [s for s in document["stacks"] if s["kind"] == "allocation" and "work" in functions(s)]
print(
    sum(s["bytes"] for s in own),
    sum(s["live_bytes"] for s in own),
    sum(s["live_bytes"] for s in own if "keep_often" in functions(s)),
)
