# SPDX-License-Identifier: MIT
"""judge.py FORMAT FILE [MORE] - whether what `hostile FORMAT` wrote is what it should be, as its readers see it.

Prints a line for each thing that is looked at.
"""
import csv
import io
import json
import math
import sys
import uuid

failed = False


def check(sentence, is_true, found=""):
    global failed
    print(("ok - " if is_true else "not ok - ") + sentence)
    if not is_true:
        print("#   found: %r" % (found,))
        failed = True


def same(left, right):
    return left == right or (math.isnan(left) and math.isnan(right))


def judge_families(families):
    """What Prometheus and OpenMetrics have in common: {name: [(labels, value)]}."""

    def value(name, **labels):
        found = [v for l, v in families.get(name, []) if all(l.get(k) == x for k, x in labels.items())]
        return found[0] if len(found) == 1 else found

    def labels(name):
        return families[name][0][0]

    for name, expected in {
        "g_none_ratio": math.nan, "g_high": math.inf, "g_low": -math.inf, "g_minus": -0.0,
        "g_whole_bytes": 42, "g_tenth": 0.1, "g_below_celsius": -273.15, "g_huge": 1e300,
        "g_percent_ratio": 0.75, "g_rate_bytes_per_second": 1.5, "le": 1,
        "c_most_total": float(2**64 - 1), "c_zero_total": 0, "c_time_seconds_total": 2.5, "c_bytes_total": 9,
        "same_name": 1,
    }.items():
        found = value(name)
        check(f"{name} comes back as it was", isinstance(found, (int, float)) and same(float(found), expected), found)
    check("a zero below zero keeps its sign", math.copysign(1, value("g_minus")) < 0)
    check("of two series with one name and two types the first one stays", "same_name_total" not in families)
    check("backslash, quote and newline in a label come back", labels("t_escapes")["path"] == 'a\\b"c\nd',
          labels("t_escapes"))
    check("bytes that are no characters are replaced", labels("t_bytes")["path"] ==
          "\ufffd/\u00e4/\ufffd\ufffd\ufffd", labels("t_bytes"))
    check("keys that become one label keep all values", labels("t_keys") ==
          {"a_b": "1;2", "_name_": "3", "_7": "4"}, labels("t_keys"))
    check("what the figures are of is a series of its own", labels("target_info") ==
          {"host_name": 'h"1', "label_branch": "main"}, labels("target_info"))
    for name, count in {"h_empty_seconds": 0, "h_second_seconds": 3, "h_tiny_seconds": 2, "h_over_seconds": 1,
                        "h_sizes_bytes": 3}.items():
        judge_histogram(name, count, families)

    def up_to(name, bound):
        return max((v for l, v in families[name + "_bucket"] if float(l["le"]) <= bound), default=0)

    check("one second is not more than one second", up_to("h_second_seconds", 1) == 2,
          families["h_second_seconds_bucket"])
    check("a nanosecond more is", up_to("h_second_seconds", 2) == 3)
    check("one byte is not more than one byte", up_to("h_sizes_bytes", 1) == 1)


# What hostile.c has of them: value, time, labels.
EXEMPLARS = [(0.25, "1700000000.000000003", {"pid": "2147483647", "tid": "2147483647", "site": "x" * 63}),
             (1, "1700000000.000000001", {"pid": "1", "tid": "2", "site": "\\ \" \n \ufffd+0x1"}),
             (1.000000001, "1700000000.000000002", {"pid": "1", "tid": "3"})]


def judge_exemplars(found):
    check("exemplars come back with value, time and labels", found == EXEMPLARS, found)


def judge_histogram(name, count, families):
    buckets = [(float(l["le"]), v, l) for l, v in families[name + "_bucket"]]
    bounds = [b for b, _, _ in buckets]
    counts = [c for _, c, _ in buckets]
    check(f"{name} has rising bounds up to infinity", bounds == sorted(set(bounds)) and bounds[-1] == math.inf, bounds)
    check(f"{name} has rising counts", counts == sorted(counts), counts)
    check(f"{name} counts {count} in all", counts[-1] == count and families[name + "_count"][0][1] == count, counts)
    check(f"{name} keeps a tag that is called as the bound", all(l["exported_le"] == "own" for _, _, l in buckets))


def judge_prometheus(text):
    from prometheus_client.parser import text_string_to_metric_families

    families = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            families.setdefault(sample.name, []).append((sample.labels, sample.value))
    judge_families(families)
    check("what may be negative has a count and no sum", families["h_signed_meters_count"][0][1] == 2 and
          "h_signed_meters_sum" not in families and "h_second_seconds_sum" in families)


def judge_openmetrics(text):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    families, exemplars = {}, {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = dict(sample.labels)
            families.setdefault(sample.name, []).append((labels, sample.value))
            if sample.exemplar:
                exemplars[sample.name, float(labels["le"])] = sample.exemplar
    judge_families(families)
    judge_exemplars([(e.value, str(e.timestamp), e.labels) for _, e in sorted(exemplars.items())])
    check("each stands at its own bound", [b >= e.value > max([0] + [float(l["le"]) for l, _ in families[n] if
          float(l["le"]) < b]) for (n, b), e in exemplars.items()] == [True] * len(EXEMPLARS), exemplars)
    check("what may be negative has no sum, and so no count", len(families["h_signed_meters_bucket"]) > 1 and
          not {"h_signed_meters_sum", "h_signed_meters_count"} & families.keys())
    check("it ends where it should", text.endswith("\n# EOF\n"))
    check("when a counter began is told with all its digits", "\nc_most_created 1700000000.123456789\n" in text)


def messages_of(data):
    """The families of a stream of messages, each with its length before it; sys.argv[3] has protoc's module."""
    import prometheus_pb2

    at = 0
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
        at += length
        check(f"{family.name} has no field that we do not know", not len(family.UnknownFields()))
        yield family


def native_buckets(histogram):
    """(index, count) of each bucket."""
    index = count = 0
    deltas = iter(histogram.positive_delta)
    for span in histogram.positive_span:
        index += span.offset
        for _ in range(span.length):
            count += next(deltas)
            yield index, count
            index += 1


def bounds_of(histogram):
    """As text would have them."""
    total = histogram.zero_count
    yield histogram.zero_threshold, total
    for index, count in native_buckets(histogram):
        total += count
        yield 2 ** (index / 2 ** histogram.schema), total
    yield math.inf, total


def judge_protobuf(data):
    families, histograms = {}, {}
    for family in messages_of(data):
        check(f"{family.name} has a help", family.help != "")
        for metric in family.metric:
            labels = {l.name: l.value for l in metric.label}
            if metric.HasField("histogram"):
                histogram = histograms[family.name] = metric.histogram
                families.setdefault(family.name + "_bucket", []).extend(
                    ({**labels, "le": repr(bound)}, count) for bound, count in bounds_of(histogram))
                families.setdefault(family.name + "_count", []).append((labels, histogram.sample_count))
            else:
                value = metric.counter.value if metric.HasField("counter") else metric.gauge.value
                families.setdefault(family.name, []).append((labels, value))
    judge_families(families)

    def spans(name):
        return [(s.offset, s.length) for s in histograms[name].positive_span]

    check("an empty histogram has a span that says nothing", spans("h_empty_seconds") == [(0, 0)] and
          not histograms["h_empty_seconds"].positive_delta, histograms["h_empty_seconds"])
    check("what is too small is in the zero bucket", histograms["h_tiny_seconds"].zero_count == 2 and
          histograms["h_tiny_seconds"].zero_threshold == 2**-26, histograms["h_tiny_seconds"])
    check("gaps of one, two and three buckets are so long", spans("h_gaps_seconds") ==
          [(1, 1), (1, 1), (2, 1), (3, 2)], spans("h_gaps_seconds"))
    check("a bucket has how much more it has than the one before", list(histograms["h_gaps_seconds"].positive_delta) ==
          [1, 0, 0, 0, 0], histograms["h_gaps_seconds"])
    check("a quarter of a second, a second and a nanosecond more are where they belong",
          list(native_buckets(histograms["h_second_seconds"])) == [(-16, 1), (0, 1), (1, 1)], histograms["h_second_seconds"])
    check("what is above all buckets is in one more", list(native_buckets(histograms["h_over_seconds"])) == [(113, 1)])
    signed = histograms["h_signed_meters"]
    check("of what may be negative the sum is not known", math.isnan(signed.sample_sum) and signed.sample_count == 2 and
          histograms["h_sizes_bytes"].sample_sum == 2525, signed)
    exemplars = [(e.value, "%d.%09d" % (e.timestamp.seconds, e.timestamp.nanos), {l.name: l.value for l in e.label})
                 for e in histograms["e_seconds"].exemplars]
    check("exemplars are in the order of time", exemplars == sorted(exemplars, key=lambda e: e[1]), exemplars)
    judge_exemplars(sorted(exemplars, key=lambda e: e[0]))


def judge_csv(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    check("all rows have the same columns", {len(r) for r in rows} == {8}, {len(r) for r in rows})
    check("rows end with CR and LF", text.count("\r\n") >= len(rows) and text.endswith("\r\n"))
    values = {(r[2], r[6]): (r[7], r[3]) for r in rows[1:]}
    check("a counter beyond 2^53 is exact", values["c.most", "count"][0] == str(2**64 - 1))
    check("what is no number is empty", values["g.none", "value"][0] == "" and values["h.empty", "p50"][0] == "")
    check("numbers are read back as they were", float(values["g.tenth", "value"][0]) == 0.1 and
          float(values["g.below", "value"][0]) == -273.15)
    check("no cell is a formula", not any(c[:1] in "=+@\t" for r in rows for c in r[:7] if c), rows)
    check("a tag's text comes back", values["t.lines", "value"][1] == "text=one\r\ntwo%2C three", values["t.lines", "value"])


def judge_jsonlines(text):
    snapshot = json.loads(text)
    check("it is one line", text.count("\n") == 1 and text.endswith("\n"))
    series = {s["name"]: s for s in snapshot["series"]}
    judge_exemplars([(e["value"], "1700000000." + e["time"][-10:-1], {k: str(e[k]) for k in ("pid", "tid", "site") if k in e})
                     for e in series["e.seconds"]["exemplars"]])
    check("what is no number is null", series["g.none"]["value"] is None and series["g.high"]["value"] is None)
    check("tags come back", series["t.escapes"]["tags"] == {"path": 'a\\b"c\nd'})


def judge_otlp(text):
    judge_otlp_request(json.loads(text))


def judge_otlp_protobuf(data):
    """Decoded by another's code, it is what the JSON form says."""
    import google.protobuf.json_format
    import otlp_pb2

    message = otlp_pb2.ExportMetricsServiceRequest.FromString(data)
    check("no field is left over", not message.FindInitializationErrors() and message.SerializeToString() == data)
    request = google.protobuf.json_format.MessageToDict(message, use_integers_for_enums=True)
    check("both forms say the same", request == json.load(open(sys.argv[3] + "/otlp-json", encoding="utf-8")))
    judge_otlp_request(request)


def judge_otlp_request(request):
    resource = request["resourceMetrics"][0]
    metrics = resource["scopeMetrics"][0]["metrics"]
    by_name = {m["name"]: m for m in metrics}
    check("each metric is there once", len(by_name) == len(metrics))
    attributes = {a["key"]: a["value"]["stringValue"] for a in resource["resource"]["attributes"]}
    check("the resource has the source's tags", attributes["host.name"] == 'h"1' and
          attributes["label.branch"] == "main", attributes)
    check("and names a service and its instance", attributes["service.name"] == "unknown_service" and
          uuid.UUID(attributes["service.instance.id"]).variant == uuid.RFC_4122, attributes)
    check("no key is there twice", len(attributes) == len(resource["resource"]["attributes"]))
    check("what is no number is a word", [by_name[n]["gauge"]["dataPoints"][0]["asDouble"] for n in
          ("g.none", "g.high", "g.low")] == ["NaN", "Infinity", "-Infinity"])
    check("bytes that are no UTF-8 are replaced", by_name["t.bytes"]["gauge"]["dataPoints"][0]["attributes"][0]["value"]
          ["stringValue"] == "\ufffd/ä/\ufffd\ufffd\ufffd")
    empty = by_name["h.empty"]["exponentialHistogram"]["dataPoints"][0]
    check("an empty histogram has no extremes", empty["count"] == "0" and not {"min", "max"} & empty.keys(), empty)
    over = by_name["h.over"]["exponentialHistogram"]["dataPoints"][0]["positive"]
    check("what is above all buckets is in one more", over == {"offset": 112, "bucketCounts": ["1"]}, over)
    point = by_name["h.second"]["exponentialHistogram"]["dataPoints"][0]
    counts = [int(n) for n in point["positive"]["bucketCounts"]]
    check("a histogram's buckets and its zeros are its count", int(point["count"]) == 3 ==
          sum(counts) + int(point["zeroCount"]), point)
    check("a second is in the bucket below, a nanosecond more in the one above",
          point["positive"]["offset"] == -17 and counts[-1 - point["positive"]["offset"]] == 1 and
          counts[-point["positive"]["offset"]] == 1, point)
    signed = by_name["h.signed"]["exponentialHistogram"]["dataPoints"][0]
    check("what may be negative has no sum", signed["count"] == "2" and "sum" not in signed and point["sum"] > 2, signed)
    judge_otlp_exemplars(by_name["e.seconds"]["exponentialHistogram"]["dataPoints"][0])
    check("a failed call's errno is the type of its error, too", {a["key"]: a["value"]["stringValue"] for a in
          by_name["libc.errors"]["sum"]["dataPoints"][0]["attributes"]} == {"errno": "ENOENT", "error.type": "ENOENT"})
    check("counters are integers of digits", by_name["c.zero"]["sum"]["dataPoints"][0]["asInt"] == "0")
    check("what counts is cumulative and has a start", all(
        m[kind]["aggregationTemporality"] == 2 and "startTimeUnixNano" in m[kind]["dataPoints"][0]
        for m in metrics for kind in ("sum", "exponentialHistogram") if kind in m))


def judge_otlp_exemplars(point):
    def labels(exemplar):
        names = {"process.pid": "pid", "thread.id": "tid", "sonde.site": "site"}
        return {names[a["key"]]: next(iter(a["value"].values())) for a in exemplar["filteredAttributes"]}

    judge_exemplars([(e["asDouble"], e["timeUnixNano"][:-9] + "." + e["timeUnixNano"][-9:], labels(e))
                     for e in point["exemplars"]])


def judge_otlp_explicit(text):
    resource = json.loads(text)["resourceMetrics"][0]
    attributes = {a["key"]: a["value"]["stringValue"] for a in resource["resource"]["attributes"]}
    check("attributes that are given win", attributes["host.name"] == "other" and attributes["service.name"] == "mine")
    points = {m["name"]: m["histogram"]["dataPoints"][0] for m in resource["scopeMetrics"][0]["metrics"]
              if "histogram" in m}
    check("counts are one more than bounds, and add up", points and all(
        len(p["bucketCounts"]) == len(p["explicitBounds"]) + 1 and sum(map(int, p["bucketCounts"])) == int(p["count"])
        for p in points.values()), points)
    check("what may be negative has no sum", "sum" not in points["h.signed"] and "sum" in points["h.second"], points["h.signed"])
    judge_otlp_exemplars(points["e.seconds"])
    second = points["h.second"]
    at = second["explicitBounds"].index(1.0)
    check("a bound belongs to the bucket below it", second["bucketCounts"][at:at + 2] == ["1", "1"], second)
    check("what is above all bounds is in the last one", points["h.over"]["bucketCounts"][-1] == "1")


def judge_statsd(text):
    lines = text.splitlines()
    check("each line is NAME:VALUE|TYPE", all(
        l.count(":") == 1 and l.split(":")[1].split("|")[1] in ("c", "g") for l in lines), lines)
    check("a gauge below zero is set to zero first",
          [l for l in lines if l.startswith("g.below:")] == ["g.below:0.0|g", "g.below:-273.15|g"], lines)
    check("what is no number, and a count of nothing, are left out",
          not any(l.startswith(("g.none", "g.high", "c.zero", "h.empty")) for l in lines), lines)
    check("what would end a name is replaced", "t.statsd.a_b_c_d_e_f:3|c" in lines, lines)


def judge_run(text):
    """What a recording has, against what Prometheus's reader makes of it."""
    from prometheus_client.parser import text_string_to_metric_families

    exposed = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in ("libc_calls_total", "libc_io_bytes_total"):
                key = sample.name, sample.labels["call"]
                exposed[key] = exposed.get(key, 0) + sample.value
    recorded = {}
    for call in json.load(open(sys.argv[3], encoding="utf-8"))["calls"]:
        for name, value in (("libc_calls_total", call["count"] - call["unfinished"]), ("libc_io_bytes_total", call["bytes"])):
            key = name, call["call"]
            recorded[key] = recorded.get(key, 0) + value
    missing = {k: v for k, v in recorded.items() if exposed.get(k, 0) != v}
    check("every call that returned has the count that was recorded", not any(n == "libc_calls_total" for n, _ in missing), missing)
    check("what calls moved is there to the byte",
          all(exposed[k] == recorded[k] for k in exposed if k[0] == "libc_io_bytes_total"), missing)


judges = {"run": judge_run, "prometheus": judge_prometheus, "openmetrics": judge_openmetrics, "csv": judge_csv,
          "jsonlines": judge_jsonlines, "otlp-json": judge_otlp, "otlp-explicit": judge_otlp_explicit, "statsd": judge_statsd}
binary_judges = {"prometheus-protobuf": judge_protobuf, "otlp-protobuf": judge_otlp_protobuf}
if sys.argv[1] in binary_judges:
    sys.path.insert(0, sys.argv[3])
    binary_judges[sys.argv[1]](open(sys.argv[2], "rb").read())
else:
    judges[sys.argv[1]](open(sys.argv[2], encoding="utf-8", newline="").read())
sys.exit(failed)
