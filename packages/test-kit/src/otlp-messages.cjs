// @ts-check
// A strict reader of OTLP. The messages that concern metrics are from opentelemetry-proto 1.x: names and numbers of fields.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
// Plain JavaScript, because the reliability matrix uses it, too.
'use strict';
const { parse } = require('protobufjs');

const { root } = parse(`
  syntax = "proto3";
  package otlp;
  message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
  message ExportMetricsServiceResponse { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
  message Metric {
    string name = 1; string description = 2; string unit = 3;
    oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; }
  }
  message Gauge { repeated NumberDataPoint data_points = 1; }
  message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
  message ExponentialHistogram { repeated ExponentialDataPoint data_points = 1; int32 aggregation_temporality = 2; }
  message NumberDataPoint {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    oneof value { double as_double = 4; sfixed64 as_int = 6; }
  }
  message HistogramDataPoint {
    repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
    optional double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
  }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
  message ExponentialDataPoint {
    repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
    optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9;
  }
`);

const Request = root.lookupType('otlp.ExportMetricsServiceRequest');
const Response = root.lookupType('otlp.ExportMetricsServiceResponse');

/**
 * @typedef {object} ReceivedPoint A data point as it arrived, of any kind of metric.
 * @property {string} name
 * @property {string} unit
 * @property {'gauge' | 'sum' | 'histogram' | 'exponentialHistogram'} kind
 * @property {'delta' | 'cumulative' | undefined} temporality
 * @property {Readonly<Record<string, string>>} attributes
 * @property {string} start Nanoseconds as text.
 * @property {string} end
 * @property {number} value The value of a gauge or a sum.
 * @property {number} count
 * @property {number} sum
 * @property {readonly number[]} bounds
 * @property {readonly number[]} counts
 * @property {number} scale
 *
 * @typedef {object} ReceivedRequest
 * @property {Readonly<Record<string, string>>} resource
 * @property {readonly ReceivedPoint[]} points
 */

/**
 * Decodes a request, and holds it against the rules of the data model.
 *
 * @param {Uint8Array} bytes
 * @returns {ReceivedRequest}
 * @throws {Error} that says what is wrong.
 */
function readRequest(bytes) {
  // As decoded; every field that is read is checked below.
  const request = Request.toObject(Request.decode(bytes), { longs: String, defaults: true, oneofs: true });
  /** @type {ReceivedPoint[]} */
  const points = [];
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {Record<string, string>} */
  let resource = {};
  for (const { resource: of, scopeMetrics } of request.resourceMetrics) {
    resource = attributesOf(of.attributes);
    for (const { scope, metrics } of scopeMetrics) {
      if (scope.name === '') throw new Error('a scope without a name');
      for (const metric of metrics) {
        const { name, unit, data: kind } = metric;
        if (!/^[a-z][a-z0-9_.\-/]{0,254}$/i.test(name)) throw new Error(`name ${JSON.stringify(name)}`);
        if (!/^[!-~]{0,63}$/.test(unit)) throw new Error(`unit ${JSON.stringify(unit)}`);
        if (kind === undefined) throw new Error(`${name} has no data`);
        const { dataPoints, aggregationTemporality } = metric[kind];
        if (kind !== 'gauge' && ![1, 2].includes(aggregationTemporality)) throw new Error(`temporality of ${name}`);
        if (dataPoints.length === 0) throw new Error(`${name} has no points`);
        for (const point of dataPoints) {
          const attributes = attributesOf(point.attributes);
          const identity = JSON.stringify([name.toLowerCase(), Object.entries(attributes)]);
          if (seen.has(identity)) throw new Error(`a second point of ${identity}`);
          seen.add(identity);
          const [start, end] = [point.startTimeUnixNano, point.timeUnixNano];
          if (start === '0' || BigInt(start) > BigInt(end)) throw new Error(`${name} from ${start} to ${end}`);
          points.push({
            name,
            unit,
            kind,
            temporality: kind === 'gauge' ? undefined : aggregationTemporality === 1 ? 'delta' : 'cumulative',
            attributes,
            start,
            end,
            value: point.asDouble ?? Number.NaN,
            ...histogramOf(name, kind, point),
          });
        }
      }
    }
  }
  return { resource, points };
}

function encodeResponse(rejected = 0) {
  const partialSuccess = { rejectedDataPoints: rejected, errorMessage: 'rejected by the test' };
  return Response.encode(Response.fromObject(rejected === 0 ? {} : { partialSuccess })).finish();
}

/** @param {string} name @param {string} kind @param {any} point as decoded */
function histogramOf(name, kind, point) {
  if (kind === 'sum' || kind === 'gauge') {
    if (!Number.isFinite(point.asDouble)) throw new Error(`value of ${name}`);
    return { count: 0, sum: 0, bounds: [], counts: [], scale: 0 };
  }
  const numbers = (/** @type {readonly string[]} */ list) => list.map(Number);
  const count = Number(point.count);
  const counts =
    kind === 'histogram'
      ? numbers(point.bucketCounts)
      : [Number(point.zeroCount), ...numbers(point.positive.bucketCounts), ...numbers(point.negative.bucketCounts)];
  /** @type {number[]} */
  const bounds = point.explicitBounds ?? [];
  if (kind === 'histogram' && counts.length !== bounds.length + 1) throw new Error(`buckets of ${name}`);
  if (bounds.some((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? 0)))
    throw new Error(`bounds of ${name}`);
  if (counts.reduce((sum, each) => sum + each, 0) !== count) throw new Error(`count of ${name}`);
  return { count, sum: point.sum, bounds, counts, scale: point.scale ?? 0 };
}

/** @param {readonly any[]} list as decoded */
function attributesOf(list) {
  /** @type {Record<string, string>} */
  const attributes = Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue]));
  if (Object.keys(attributes).length !== list.length) throw new Error('an attribute twice');
  return attributes;
}

module.exports = { readRequest, encodeResponse };
