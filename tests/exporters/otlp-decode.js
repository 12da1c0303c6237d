// SPDX-License-Identifier: MIT
//
// otlp-decode.js FOLDER PROTOBUF JSON - whether OpenTelemetry's own code, which npm has put into a folder, decodes a
// request as protocol buffers to what its JSON form says.
const assert = require("assert");
const fs = require("fs");
const path = require("path");

const [folder, packed, text] = process.argv.slice(2);
const root = require(path.resolve(folder, "node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js"));
const Request = root.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

// What JSON has no word for is a string there.
function normal(value) {
	if (typeof value === "number" && !Number.isFinite(value))
		return String(value);
	// JSON has no minus zero after node has read it.
	if (Object.is(value, -0))
		return 0;
	if (Array.isArray(value))
		return value.map(normal);
	if (value && typeof value === "object")
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
	return value;
}

const decoded = Request.toObject(Request.decode(fs.readFileSync(packed)), { longs: String });
const expected = JSON.parse(fs.readFileSync(text, "utf8"));

assert.deepStrictEqual(normal(decoded), normal(expected));
console.log(`${expected.resourceMetrics[0].scopeMetrics[0].metrics.length} metrics, all equal`);
