# SPDX-License-Identifier: MIT
"""otlp-ask.py LOG EXPRESSION - of what an otlp-receiver.py got.

`requests` has them in their order: came, path, headers, answer, port, and `message`, decoded by a code that is not ours.
"""
import base64
import json
import sys

sys.path.insert(0, ".")
import google.protobuf.json_format
import otlp_pb2


def decode(request):
    data = base64.b64decode(request["data"])
    if request["headers"]["Content-Type"] == "application/json":
        return json.loads(data)
    message = otlp_pb2.ExportMetricsServiceRequest.FromString(data)
    return google.protobuf.json_format.MessageToDict(message, use_integers_for_enums=True)


def metrics(request):
    resource = request["message"]["resourceMetrics"][0]
    return {m["name"]: m for m in resource["scopeMetrics"][0]["metrics"]}


def resource(request):
    return {a["key"]: a["value"]["stringValue"] for a in request["message"]["resourceMetrics"][0]["resource"]["attributes"]}


def points(request, name):
    metric = metrics(request).get(name, {})
    return next((metric[k]["dataPoints"] for k in ("sum", "exponentialHistogram", "histogram", "gauge") if k in metric), [])


def calls(request):
    return sum(int(p["asInt"]) for p in points(request, "libc.calls"))


def starts(request):
    return {p["startTimeUnixNano"] for p in points(request, "libc.calls")}


def ends(request):
    return {p["timeUnixNano"] for p in points(request, "libc.calls")}


def durations(request):
    return points(request, "libc.call.duration")


def adds_up(point):
    """Whether a histogram's buckets are its count."""
    buckets = point["positive"]["bucketCounts"] if "positive" in point else point["bucketCounts"]
    return int(point["count"]) == int(point.get("zeroCount", 0)) + sum(map(int, buckets))


def gaps():
    return [b["came"] - a["came"] for a, b in zip(requests, requests[1:])]


with open(sys.argv[1], encoding="utf-8") as file:
    requests = [json.loads(line) for line in file]
for r in requests:
    r["message"] = decode(r)
print(eval("(" + sys.argv[2] + ")"))
