# SPDX-License-Identifier: MIT
"""scrapes.py ADDRESS COUNT [FILE] - scrapes while the program works, and looks at each answer and at one beside the next.

At least so often, and until there is such a file.

Prints what is wrong, and nothing else.
"""
import itertools
import math
import os
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families


def scrape(address):
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        return answer.read().decode()


def samples_of(text):
    return {(s.name, tuple(sorted(s.labels.items()))): s.value
            for family in text_string_to_metric_families(text) for s in family.samples}


def check_histograms(samples):
    buckets = {}
    for (name, labels), value in samples.items():
        if name.endswith("_bucket"):
            others = tuple(l for l in labels if l[0] != "le")
            buckets.setdefault((name[:-len("_bucket")], others), []).append((float(dict(labels)["le"]), value))
    for (name, labels), bounds in buckets.items():
        counts = [count for _, count in sorted(bounds)]
        if counts != sorted(counts):
            print("the buckets do not rise:", name, labels, counts)
        if max(bounds)[0] != math.inf or counts[-1] != samples[name + "_count", labels]:
            print("the last bucket is not the count:", name, labels)
    if not buckets:
        print("there is no histogram")


before = {}
n_grown = 0
for n_scrapes in itertools.count():
    if n_scrapes >= int(sys.argv[2]) and (len(sys.argv) < 4 or os.path.exists(sys.argv[3])):
        break
    now = samples_of(scrape(sys.argv[1]))
    check_histograms(now)
    for key, value in before.items():
        if key[0].endswith(("_total", "_count", "_bucket")):
            if not now.get(key, -1) >= value:
                print("it has fallen:", key, value, now.get(key))
            n_grown += now.get(key, 0) > value
    before = now
if not n_grown:
    print("nothing has grown")
