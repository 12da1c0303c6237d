# SPDX-License-Identifier: MIT
"""exemplars.py RECORDING OPENMETRICS - whether the exemplars of one are the slow calls, and last failures, of the other.

Prints a line for each thing that is looked at. Read by Prometheus's own parser, which refuses those that are too long.
"""
import datetime
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def check(sentence, is_true, found=""):
    print(("ok - " if is_true else "not ok - ") + sentence)
    if not is_true:
        print("#   found: %.900r" % (found,))


def nanoseconds(instant):
    whole, fraction = instant.rstrip("Z").split(".")
    start = datetime.datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return int(start.timestamp()) * 10**9 + int(fraction.ljust(9, "0"))


recording = json.load(open(sys.argv[1], encoding="utf-8"))
samples = [s for family in text_string_to_metric_families(open(sys.argv[2], encoding="utf-8").read())
           for s in family.samples]
slow, failed = {}, {}
for call in recording["slow_calls"]:
    stack = recording["stacks"][call["stack"]]
    if not stack.get("errno"):
        slow.setdefault((stack["call"], call.get("kind", "")), []).append(call)
for call in recording["calls"]:
    for error in call["errors"]:
        failed[call["call"], call.get("kind", ""), error["errno"]] = error

found = {}
for s in samples:
    if s.exemplar and s.name == "libc_call_duration_seconds_bucket":
        found.setdefault((s.labels["call"], s.labels.get("kind", "")), []).append((float(s.labels["le"]), s.exemplar))
check("every call that was slow has exemplars, and no other", found.keys() == slow.keys() and ("read", "pipe") in found,
      (found.keys(), slow.keys()))
check("they are within their buckets, which are powers of two",
      all(le / 2 < e.value <= le for of_call in found.values() for le, e in of_call), found)
largest = {key: {max(c["seconds"] for c in calls if le / 2 < c["seconds"] <= le)
                 for le in {e[0] for e in found.get(key, [])}} for key, calls in slow.items()}
check("and are the largest of those", all({e.value for _, e in found[k]} == largest[k] for k in found), (found, largest))


def is_told(call, exemplar):
    told = exemplar.timestamp.sec * 10**9 + exemplar.timestamp.nsec
    return (str(call["pid"]) == exemplar.labels["pid"] and str(call["tid"]) == exemplar.labels["tid"] and
            call["seconds"] == exemplar.value and
            abs(nanoseconds(call["started"]) + call["seconds"] * 1e9 - told) < 1000)


check("each is one of the slow calls, by process, thread and time", all(
    any(is_told(c, e) for c in slow[k]) for k in found for _, e in found[k]), (found, slow))
check("and says from where it was called", all(e.labels["site"] for k in found for _, e in found[k]), found)
errors = {(s.labels["call"], s.labels.get("kind", ""), s.labels["errno"]): s.exemplar for s in samples
          if s.name == "libc_errors_total"}
check("failures have the latest one's time and process", errors.keys() == failed.keys() and all(
    e and e.value == 1 and e.labels == {"pid": str(failed[k]["last_pid"])} and
    e.timestamp.sec * 10**9 + e.timestamp.nsec == nanoseconds(failed[k]["last"]) for k, e in errors.items()),
    (errors, failed))
