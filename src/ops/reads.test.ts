import { expect, test } from 'vitest';
import { HornbeamError } from '../base/errors.ts';
import * as keras from '../index.ts';

const { ops } = keras;
const x = ops.ones([2, 3]);

/** Calls as JavaScript, where types forbid none of them. */
const call = (name: string, ...given: unknown[]): unknown => {
  const f: unknown = name.split('.').reduce<unknown>((space, key) => Reflect.get(Object(space), key), keras);
  return typeof f === 'function' ? Reflect.apply(f, undefined, given) : undefined;
};

const wrong: [name: string, message: RegExp, ...given: unknown[]][] = [
  ['ops.reshape', /argument 2 is \{"axes":\[1\]\}.*give a number, or a list of numbers/s, x, { axes: [1] }],
  ['ops.reshape', /argument 2 is undefined/, x],
  ['ops.expandDims', /argument 2 is "abc"/, x, 'abc'],
  ['ops.moments', /axis is \{"axes":\[1\]\}/, x, { axes: [1] }],
  ['ops.sum', /axis is "abc"/, x, { axis: 'abc' }],
  ['ops.tile', /argument 2 is null/, x, null],
  ['ops.repeat', /argument 2 is null/, x, null],
  ['ops.roll', /argument 2 is true/, x, true],
  ['ops.pad', /argument 2 is null/, x, null],
  ['ops.moveaxis', /argument 3 is undefined/, x, 1],
  ['ops.unravelIndex', /argument 2/, [1], null],
  ['ops.stack', /stack: argument 1 is a Tensor.*give a list of tensors/s, x],
  ['ops.concatenate', /argument 1 is a KerasTensor/, keras.Input({ shape: [3] })],
  ['ops.vstack', /argument 1 is a Float32Array/, new Float32Array(2)],
  ['ops.slice', /argument 3 is undefined/, x, [0, 0]],
  ['ops.tensordot', /axes is/, x, x, { axes: [1] }],
  ['ops.fold', /argument 3 is \{/, ops.ones([1, 4, 4]), [3, 3], { size: 2 }],
  ['ops.image.resize', /argument 2 is null/, ops.ones([2, 2, 1]), null],
  ['ops.einsum', /argument 1.*give a string/s, x, x],
  ['ops.rearrange', /argument 2.*give a string/s, x, { a: 1 }],
  ['ops.cond', /argument 2 is 1.*give a function/s, true, 1, 2],
  ['ops.switch', /argument 2.*give a list of functions/s, 1, x],
  ['ops.whileLoop', /argument 1.*give a function/s, true, () => 1, 1],
  ['ops.map', /argument 1.*give a function/s, x, (y: unknown) => y],
  ['ops.associativeScan', /keep the shape/, () => ops.ones([5, 3]), x],
  ['ops.jvp', /argument 2.*give a list/s, (y: unknown) => y, x, x],
  ['utils.boundingBoxes.convertFormat', /argument 2.*give a string/s, ops.ones([1, 4]), { source: 'xyxy' }],
];
test.each(wrong)('%s refuses an argument of another kind: %s', (name, message, ...given) => {
  expect(() => call(name, ...given)).toThrow(message);
  expect(() => call(name, ...given)).toThrow(HornbeamError);
});
