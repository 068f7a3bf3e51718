// The metric data that exporters of the SDK read: https://opentelemetry.io/docs/specs/otel/metrics/data-model
import { BucketRows, type FamilyDefinition, type TotalKind } from '@metrics/aggregation';
import { DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics';
import { ExponentialRows } from '../src/exponential-rows.js';
import { boundariesOf, describe as describeFamily, INSTRUMENTS, toHrTime } from '../src/metric-data.js';

function familyOf(kind: TotalKind, change: Partial<FamilyDefinition> = {}): Parameters<typeof describeFamily>[0] {
  const definition: FamilyDefinition = {
    name: 'size',
    exportedNames: ['size'],
    kind,
    divisor: 1,
    metric: 'size',
    description: 'what it is',
    unit: 'By',
    rows: kind === 'histogram' ? new BucketRows([1, 10]) : undefined,
    ...change,
  };
  return { definition } as never;
}

test.each<[TotalKind, instrument: InstrumentType, type: DataPointType, rest: object]>([
  ['counter', InstrumentType.COUNTER, DataPointType.SUM, { isMonotonic: true }],
  ['up-down', InstrumentType.UP_DOWN_COUNTER, DataPointType.SUM, { isMonotonic: false }],
  ['gauge', InstrumentType.GAUGE, DataPointType.GAUGE, {}],
  ['set', InstrumentType.GAUGE, DataPointType.GAUGE, {}],
  ['histogram', InstrumentType.HISTOGRAM, DataPointType.HISTOGRAM, {}],
])(
  'a family of the kind %s is described as the instrument %s, with data points of type %i',
  (kind, instrument, dataPointType, rest) => {
    expect(INSTRUMENTS[kind]).toBe(instrument);
    for (const temporality of [0, 1])
      expect(describeFamily(familyOf(kind), temporality)).toEqual({
        descriptor: { name: 'size', description: 'what it is', unit: 'By', valueType: 1, type: instrument, advice: {} },
        aggregationTemporality: temporality,
        dataPointType,
        dataPoints: [],
        ...rest,
      });
  },
);

test('a family without a description and a unit has empty ones', () => {
  expect(describeFamily(familyOf('gauge', { description: undefined, unit: undefined }), 1).descriptor).toMatchObject({
    description: '',
    unit: '',
  });
});

test('a histogram has its bounds in the exported unit, an exponential one and other kinds have none', () => {
  expect(boundariesOf(familyOf('histogram'))).toEqual([1, 10]);
  expect(boundariesOf(familyOf('histogram', { divisor: 1000 }))).toEqual([0.001, 0.01]);
  expect(boundariesOf(familyOf('counter'))).toEqual([]);
  const exponential = familyOf('histogram', { rows: new ExponentialRows(160, 1) });
  expect(boundariesOf(exponential)).toEqual([]);
  expect(describeFamily(exponential, 0)).toMatchObject({ dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM });
});

test.each([
  [0, [0, 0]],
  [1, [0, 1_000_000]],
  [999, [0, 999_000_000]],
  [1_700_000_000_123, [1_700_000_000, 123_000_000]],
  [1500.25, [1, 500_250_000]],
])('%d ms are seconds and nanoseconds', (milliseconds, time) => {
  expect(toHrTime(milliseconds)).toEqual(time);
});
