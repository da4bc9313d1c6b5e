import { expect, it } from 'vitest';
import { HornbeamError } from '../../base/errors.ts';
import { zeros } from '../../ops/index.ts';
import { InputSpec } from './input-spec.ts';
import { Layer } from './layer.ts';

class Picky extends Layer {
  constructor(spec: InputSpec | readonly InputSpec[]) {
    super({ name: 'picky' });
    this.inputSpec = spec;
  }
  override call(inputs: any): any {
    return inputs;
  }
}
const calledOn = (spec: InputSpec | readonly InputSpec[], inputs: any): unknown => new Picky(spec)(inputs);

it('holds what configs of Keras hold', () => {
  const spec = new InputSpec({ shape: [null, 28, 28], axes: { 1: 28 }, dtype: 'float32' });
  expect(spec.ndim).toBe(3);
  const config = { dtype: 'float32', shape: [null, 28, 28], ndim: 3, max_ndim: null, min_ndim: null, axes: { 1: 28 } };
  expect(spec.getConfig()).toEqual(config);
  expect(InputSpec.fromConfig(config)).toEqual(spec);
});

it('refuses inputs that do not fit', () => {
  const image = zeros([2, 28, 28]);
  for (const [spec, text] of [
    [{ ndim: 4 }, /expected ndim=4, found ndim=3/],
    [{ minNdim: 4 }, /expected min_ndim=4/],
    [{ maxNdim: 2 }, /expected max_ndim=2/],
    [{ dtype: 'int32' }, /expected dtype=int32, found dtype=float32/],
    [{ axes: { '-1': 3 } }, /expected axis -1 of the input shape to have value 3, found 28/],
    [{ shape: [null, 28, 3] }, /expected ndim=3|expected shape=/],
    [{ shape: [null, 28, 3, 1], allowLastAxisSqueeze: true }, /expected shape=/],
  ] as const) {
    expect(() => calledOn(spec, image)).toThrow(text);
    expect(() => calledOn(new InputSpec(spec), image)).toThrow(HornbeamError);
  }
});

it('takes a last axis of size 1 more or less, where that is allowed', () => {
  const spec = new InputSpec({ shape: [null, 28, 28, 1], allowLastAxisSqueeze: true });
  for (const shape of [
    [2, 28, 28],
    [2, 28, 28, 1],
  ])
    expect(() => calledOn(spec, zeros(shape))).not.toThrow();
});

it('finds inputs by their names, and knows those that may be missing', () => {
  const specs = [new InputSpec({ name: 'a', ndim: 2 }), new InputSpec({ name: 'b', ndim: 1, optional: true })];
  const [a, b] = [zeros([2, 3]), zeros([2])];
  expect(() => calledOn(specs, { b, a })).not.toThrow();
  expect(() => calledOn(specs, { a, b: null })).not.toThrow();
  expect(() => calledOn(specs, [a, null])).not.toThrow();
  expect(() => calledOn(specs, { b })).toThrow(/no input "a"/);
  expect(() => calledOn(specs, { a: b, b: a })).toThrow(/input 0 .* expected ndim=2/);
});

it('refuses axes that no such input has', () => {
  expect(() => new InputSpec({ ndim: 2, axes: { 2: 5 } })).toThrow(/axis 2 is none of 2 axes/);
  expect(() => new InputSpec({ nDim: 2 } as never)).toThrow(/nDim/);
});
