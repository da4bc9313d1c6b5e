import { expect, test } from 'vitest';
import { type ConvCase, forward, stepOf } from '../../../test/convolutions.ts';
import { type Product, productsOf } from '../../compiler/contraction/product.ts';
import { axis } from '../../ir/expr.ts';
import { chooseKernel } from './product-kernel.ts';

const kindOf = (product: Product): string | undefined => chooseKernel(product)?.key.split(' ')[0];
const kindsOf = (c: ConvCase) => productsOf(stepOf(c))!.map(kindOf);

test('windows are gathered, single elements taken as they lie, channels of their own made lanes', () => {
  expect(kindsOf(forward(2, 1, 8, 4, [[9, 3, { low: 1 }]]))).toEqual(['patches']);
  expect(kindsOf(forward(2, 1, 8, 4, [[9, 1]]))).toEqual(['matrices']);
  expect(kindsOf(forward(2, 1, 8, 4, [[9, 1, { stride: 2 }]]))).toEqual(['patches']);
  expect(kindsOf(forward(2, 8, 1, 1, [[9, 3, { low: 1 }]]))).toEqual(['depthwise']);
});

test('spread-out input becomes dense products, and outputs that it never meets are zeros', () => {
  expect(kindsOf(forward(2, 1, 4, 8, [[9, 3, { inputDilation: 2, low: 2 }]]))).toEqual(['patches', 'matrices']);
  expect(kindsOf(forward(2, 1, 4, 8, [[9, 1, { inputDilation: 3 }]]))).toEqual(['matrices', 'zeros', 'zeros']);
  expect(kindsOf(forward(2, 1, 4, 8, [[9, 3, { inputDilation: 2, stride: 2 }]]))).toEqual(['patches']);
});

test('sums over axes that lie apart are gathered, and columns that do are left to loops', () => {
  const region = { name: 'x', shape: [4096], dtype: 'float32' } as const;
  const line = (size: number, stride: number) => ({ size, stride, axis: axis(size, 'i'), scale: 1, shift: 0 });
  const product = (columns: readonly ReturnType<typeof line>[], depth: Product['depth']): Product => ({
    type: 'f32',
    batch: [],
    depth,
    sides: [
      { region, offset: 0, lines: [line(8, 64)], windows: [] },
      { region, offset: 0, lines: columns, windows: [] },
    ],
  });
  const even = { size: 4, strides: [1, 8] } as const;
  expect(kindOf(product([line(8, 1)], [even]))).toBe('matrices');
  expect(kindOf(product([line(8, 1)], [{ size: 4, strides: [16, 64] }, even]))).toBe('patches');
  expect(kindOf(product([line(8, 64), line(4, 1)], [even]))).toBeUndefined();
});
