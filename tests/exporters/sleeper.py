# SPDX-License-Identifier: MIT
"""sleeper.py COUNT FILE - sleeps so many times, writes how long each really took, and waits for a line."""
import sys
import time

took = []
for i in range(int(sys.argv[1])):
    # From one to twenty milliseconds.
    length = 0.001 * 20 ** (i / int(sys.argv[1]))
    start = time.perf_counter_ns()
    time.sleep(length)
    took.append((time.perf_counter_ns() - start) / 1e9)
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write("\n".join(map(repr, took)))
sys.stdin.readline()
