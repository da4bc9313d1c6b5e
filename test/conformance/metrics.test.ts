import { expect, test } from 'vitest';
import { isFloat } from '../../src/base/dtype.ts';
import { resetNames } from '../../src/base/naming.ts';
import { serializeObject } from '../../src/base/registry/serialize.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { Tensor, Variable } from '../../src/tensor/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, type Tolerance, tensorOf } from './cases.ts';

interface Named {
  readonly name: string;
  readonly path: string;
  readonly value: Stored;
}
interface Call {
  readonly args: Readonly<Record<'y_true' | 'y_pred' | 'values' | 'sample_weight' | 'mask', Stored | undefined>>;
  readonly result: Stored;
  readonly variables: readonly Named[];
}
interface Case {
  readonly id: string;
  readonly kind: 'metric' | 'metric_fn' | 'metric_error' | 'aliases';
  readonly class_name: string;
  readonly function: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly positional?: readonly unknown[];
  readonly config: { readonly config: { readonly fn?: { readonly config: string } } };
  readonly config_complete: boolean;
  readonly calls: readonly Call[];
  readonly reset: { readonly variables: readonly Named[]; readonly result: Stored };
  readonly after_reset_last_call_again: Stored;
  readonly y_true: Stored;
  readonly y_pred: Stored;
  readonly output: Stored;
  readonly map: Readonly<Record<string, { readonly kind: string; readonly name: string }>>;
  readonly tol?: Tolerance;
}
type MetricClass = new (...args: unknown[]) => metrics.Metric;
const classes = metrics as unknown as Record<string, MetricClass>;
const functions = metrics as unknown as Record<string, (...args: unknown[]) => Tensor>;
const camel = (name: string): string => Object.keys(optionsOf({ [name]: 0 }))[0]!;
// JavaScript has one type of numbers: 1 and 1.0 are the same.
const onlyInPython = (c: Case): boolean =>
  c.kind === 'metric_error' && c.class_name === 'FBetaScore' && c.kwargs['beta'] === 1;

function make(c: Case): metrics.Metric {
  const options = optionsOf(c.kwargs);
  if (c.class_name !== 'MeanMetricWrapper') return new classes[c.class_name]!(options);
  return new classes['MeanMetricWrapper']!(functions[camel(c.config.config.fn!.config)], options);
}
const wide = (dtype: string): Tolerance =>
  dtype === 'float16' ? [2e-3, 1e-3] : dtype === 'bfloat16' ? [1.6e-2, 8e-3] : [1e-5, 2e-6];

function update(metric: metrics.Metric, { args }: Call): void {
  const given = (x: Stored | undefined): Tensor | undefined => x && tensorOf(x);
  const options = { sampleWeight: given(args.sample_weight), mask: given(args.mask) };
  if (args.values) metric.updateState(tensorOf(args.values), options);
  else metric.updateState(tensorOf(args.y_true!), tensorOf(args.y_pred!), options);
}
function expectVariables(actual: readonly Variable[], expected: readonly Named[], what: string): void {
  expect(actual.map(({ name, path }) => `${name} ${path}`)).toEqual(
    expected.map(({ name, path }) => `${name} ${path}`),
  );
  actual.forEach((v, k) => {
    const { name, value } = expected[k]!;
    expectSame(v.value, value, isFloat(v.dtype) ? wide(v.dtype) : undefined, `${what} ${name}`);
  });
}

const all = casesOf<Case>('metrics/metrics');
test('what does not run is known', () => {
  const left = all.filter(onlyInPython).map(({ id }) => id);
  console.info(`cases that cannot run: ${left.join(', ')}`);
  expect([all.length, left]).toMatchInlineSnapshot(`
    [
      221,
      [
        "error/9/FBetaScore",
      ],
    ]
  `);
});
test.each(all.filter((c) => !onlyInPython(c)).map((c) => [c.id, c] as const))('%s', (_, c) => {
  resetNames();
  if (c.kind === 'metric_error') return void expect(() => new classes[c.class_name]!(optionsOf(c.kwargs))).toThrow();
  if (c.kind === 'metric_fn') {
    const f = functions[camel(c.function)]!;
    return expectSame(f(tensorOf(c.y_true), tensorOf(c.y_pred), optionsOf(c.kwargs)), c.output, c.tol, c.id);
  }
  if (c.kind === 'aliases') {
    for (const [identifier, { kind, name }] of Object.entries(c.map))
      if (kind === 'error') expect(() => metrics.get(identifier), identifier).toThrow();
      else expect(metrics.get(identifier).className, identifier).toBe(name);
    return;
  }
  const metric = make(c);
  if (c.config_complete && c.class_name !== 'MeanMetricWrapper') {
    expect(serializeObject(metric)).toEqual(c.config);
    expect(serializeObject(metrics.get(c.config))).toEqual(c.config);
  }
  const result = (stored: Stored, what: string): void => {
    const actual = metric.result() as Tensor;
    expectSame(actual, stored, c.tol ?? wide(metric.dtype), what);
  };
  c.calls.forEach((call, k) => {
    update(metric, call);
    expectVariables(metric.variables, call.variables, `call ${k}`);
    result(call.result, `call ${k}`);
  });
  metric.resetState();
  expectVariables(metric.variables, c.reset.variables, 'reset');
  result(c.reset.result, 'reset');
  update(metric, c.calls.at(-1)!);
  result(c.after_reset_last_call_again, 'again');
});
