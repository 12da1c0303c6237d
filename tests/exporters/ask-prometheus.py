# SPDX-License-Identifier: MIT
"""ask-prometheus.py PROMETHEUS EXPORTER MODULE-FOLDER TOOK - whether Prometheus has what the exporter shows.

Prints a line for each thing that is looked at. TOOK has the sleeps of sleeper.py.
"""
import json
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, sys.argv[3])
import prometheus_pb2

prometheus, exporter = sys.argv[1:3]
failed = False
JOBS = ("text", "openmetrics", "protobuf")
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"


def check(sentence, is_true, found=""):
    global failed
    print(("ok - " if is_true else "not ok - ") + sentence)
    if not is_true:
        print("#   found: %.600r" % (found,))
        failed = True


def ask(query):
    """Of an instant query: {labels: sample}, without those that Prometheus adds."""
    address = f"http://{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(address, timeout=30) as answer:
        result = json.load(answer)["data"]["result"]
    return {key_of({k: v for k, v in r["metric"].items() if k not in ("job", "instance")}): r for r in result}


def key_of(labels):
    return tuple(sorted(labels.items()))


def scrape():
    """What the exporter shows now: families by name."""
    request = urllib.request.Request(f"http://{exporter}/metrics", headers={"Accept": PROTOBUF})
    with urllib.request.urlopen(request, timeout=30) as answer:
        data = answer.read()
    families, at = {}, 0
    while at < len(data):
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                break
        family = prometheus_pb2.MetricFamily.FromString(data[at:at + length])
        families[family.name] = family
        at += length
    return families


def counters(families):
    return {key_of({"__name__": name, **{l.name: l.value for l in metric.label}}): metric.counter.value
            for name, family in families.items() if name.startswith("libc_") and name.endswith("_total")
            for metric in family.metric}


def counters_of(job):
    return {key: float(r["value"][1]) for key, r in ask(f'{{__name__=~"libc_.*_total",job="{job}"}}').items()}


def await_quiet(n_sleeps):
    """Until Prometheus has what the exporter shows, and that has all sleeps."""
    until = time.monotonic() + 60
    while True:
        families = scrape()
        shown = counters(families)
        n_seen = sum(v for k, v in shown.items() if "nanosleep" in dict(k).get("call", ""))
        had = {job: counters_of(job) for job in JOBS}
        if time.monotonic() > until or n_seen >= n_sleeps and all(had[job] == shown for job in JOBS):
            return families, shown, had


def native_buckets(histogram):
    if histogram.zero_count:
        yield -histogram.zero_threshold, histogram.zero_threshold, histogram.zero_count
    index = count = 0
    deltas = iter(histogram.positive_delta)
    for span in histogram.positive_span:
        index += span.offset
        for _ in range(span.length):
            count += next(deltas)
            if count:
                yield 2 ** ((index - 1) / 8), 2 ** (index / 8), count
            index += 1


def same_buckets(left, right):
    return len(left) == len(right) and all(
        abs(a - b) <= 1e-12 * abs(b) for l, r in zip(left, right) for a, b in zip(l, r))


took = sorted(map(float, open(sys.argv[4], encoding="utf-8")))
families, shown, had = await_quiet(len(took))
for job in JOBS:
    check(f"{job}: every counter has the value that was shown", shown and had[job] == shown,
          {k: (v, had[job].get(k)) for k, v in shown.items() if had[job].get(k) != v})
    target = ask(f'target_info{{job="{job}"}}')
    check(f"{job}: quotes, backslashes and newlines in a label come back",
          [dict(k).get("label_odd") for k in target] == ['a "b" \\c\nd'], target)
    for q in (0.1, 0.5, 0.9, 0.99):
        name = "libc_call_duration_seconds" + ("" if job == "protobuf" else "_bucket")
        found = ask(f'histogram_quantile({q}, {name}{{job="{job}",call=~".*nanosleep"}})')
        value = float(next(iter(found.values()))["value"][1]) if found else 0
        # Between two sleeps any value is one that this part of them is below.
        low, high = took[int(q * (len(took) - 1))], took[min(int(q * (len(took) - 1)) + 2, len(took) - 1)]
        check(f"{job}: the {q}-quantile is true to 4.4 %", low / 1.044 <= value <= high * 1.044, (low, value, high))

def exemplars_of(query):
    """[(labels of the series, exemplar)]."""
    address = f"http://{prometheus}/api/v1/query_exemplars?" + urllib.parse.urlencode(
        {"query": query, "start": time.time() - 3600, "end": time.time() + 60})
    with urllib.request.urlopen(address, timeout=30) as answer:
        result = json.load(answer)["data"]
    return [(r["seriesLabels"], e) for r in result for e in r["exemplars"]]


bounds = sorted(float(dict(k)["le"]) for k in ask(
    'libc_call_duration_seconds_bucket{job="openmetrics",call=~".*nanosleep"}'))
exemplars = [(float(labels["le"]), e) for labels, e in exemplars_of(
    'libc_call_duration_seconds_bucket{job="openmetrics",call=~".*nanosleep"}')]
check("openmetrics: each exemplar is within its bucket", exemplars and all(
    max([0] + [b for b in bounds if b < le]) < float(e["value"]) <= le for le, e in exemplars), (bounds, exemplars))
check("and is one of the sleeps", all(any(float(e["value"]) <= t <= float(e["value"]) * 1.1 + 0.001 for t in took)
                                       for _, e in exemplars), exemplars)
check("of the process's one thread, and somewhere in its code", all(
    e["labels"]["pid"] == e["labels"]["tid"] and "+0x" in e["labels"]["site"] for _, e in exemplars), exemplars)
for job in ("openmetrics", "protobuf"):
    exemplars = exemplars_of(f'libc_errors_total{{job="{job}"}}')
    check(f"{job}: failures have the latest one", exemplars and all(
        e["value"] == "1" and e["labels"].keys() == {"pid"} for _, e in exemplars), exemplars)

histograms = ask('libc_call_duration_seconds{job="protobuf"}')
expected = {key_of({"__name__": "libc_call_duration_seconds", **{l.name: l.value for l in metric.label}}):
            metric.histogram for metric in families["libc_call_duration_seconds"].metric}
check("each native histogram is there", histograms.keys() == expected.keys() and expected,
      expected.keys() ^ histograms.keys())
different = {}
for key, histogram in expected.items():
    has = histograms.get(key, {}).get("histogram", (0, {}))[1]
    buckets = [tuple(map(float, b[1:])) for b in has.get("buckets", [])]
    if not same_buckets(buckets, list(native_buckets(histogram))) or float(has["count"]) != histogram.sample_count:
        different[key] = (buckets, list(native_buckets(histogram)))
check("and equals ours bucket by bucket", not different, different)
sys.exit(failed)
