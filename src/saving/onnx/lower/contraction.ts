import type { DType, TypedArray } from '../../../base/dtype.ts';
import { range, stridesOf } from '../../../base/shape.ts';
import type { ConvAttrs } from '../../../primitives/conv.ts';
import type { DotAttrs } from '../../../primitives/dot.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { isKnown, type Layout, plain, type Size } from '../layout.ts';
import { inLayout, stored } from '../values.ts';
import { axesBut, inType, type Lower, types, Work } from '../work.ts';
import { movementTable } from './movement.ts';

const multiplied = types('float16', 'bfloat16', 'float32', 'float64', 'int32');
const asType = (e: Emitter, name: string, from: DType, to: DType): string => (from === to ? name : e.cast(name, to));

/** Sums of products as MatMul: each operand with its batch first, the axes that are summed over inside. */
export const dot: Lower = (work: Work<DotAttrs>) => {
  const { e, inputs, attrs, results } = work;
  const [x, y] = inputs;
  const { batch, contract } = attrs;
  const freeX = axesBut(x.sizes.length, [...batch[0], ...contract[0]]);
  const freeY = axesBut(y.sizes.length, [...batch[1], ...contract[1]]);
  const lead = batch[0].length;
  const rows = freeX.map((_, k) => lead + k);
  const columns = freeY.map((_, k) => lead + freeX.length + k);
  const single = (axes: readonly number[]): number[][] => axes.map((d) => [d]);
  const isPlain = lead === 0;
  const left: Layout = [...single(batch[0]), ...(isPlain ? single(freeX) : [freeX]), contract[0]];
  // A vector has no columns, and its product none either.
  const isVector = isPlain && freeY.length === 0;
  const right: Layout = [...single(batch[1]), contract[1], ...(isVector ? [] : [freeY])];
  const out: Layout = [...single(range(lead)), ...(isPlain ? single(rows) : [rows]), ...(isVector ? [] : [columns])];
  const [{ dtype }] = results;
  const type: DType = multiplied.has(dtype) ? dtype : 'int32';
  const names = [asType(e, inLayout(e, x, left), x.dtype, type), asType(e, inLayout(e, y, right), y.dtype, type)];
  return work.result(asType(e, e.node('MatMul', names), type, dtype), out);
};

/** The padding of 'same', if it is that in every recording. */
export function isSame(
  padding: readonly (readonly [Size, Size])[],
  sizes: readonly Size[],
  reach: readonly number[],
  strides: readonly number[],
): boolean {
  return padding.every(([low, high], i) =>
    low.every((n, r) => {
      const size = sizes[i][r];
      const total = Math.max((Math.ceil(size / strides[i]) - 1) * strides[i] + reach[i] - size, 0);
      return n === total >> 1 && high[r] === total - (total >> 1);
    }),
  );
}
/** Padding as attributes: numbers, or 'same' if it depends on unknown sizes. */
export function paddingOf(
  padding: readonly (readonly [Size, Size])[],
  sizes: readonly Size[],
  reach: readonly number[],
  strides: readonly number[],
): { readonly pads: readonly number[] } | { readonly auto_pad: string } {
  if (padding.every(([low, high]) => isKnown(low) && isKnown(high)))
    return { pads: [...padding.map(([low]) => low[0]), ...padding.map(([, high]) => high[0])] };
  if (isSame(padding, sizes, reach, strides)) return { auto_pad: 'SAME_UPPER' };
  return refuse('padding depends on an open size');
}

const computed = types('float16', 'float32');
export const conv: Lower = (work: Work<ConvAttrs>) => {
  const { attrs, inputs } = work;
  const rank = attrs.strides.length;
  if (attrs.inputDilation.every((n) => n === 1)) return slid(work, inputs[0]);
  const isTransposed = attrs.strides.every((n) => n === 1);
  const reach = range(rank).map((i) => (inputs[1].sizes[i + 1][0] - 1) * attrs.dilation[i] + 1);
  const padding = attrs.padding.map((_, i) => [
    work.known('the padding of a transposed convolution', (a) => a.padding[i][0]),
    work.known('the padding of a transposed convolution', (a) => a.padding[i][1]),
  ]);
  const before = padding.map(([low], i) => reach[i] - 1 - low);
  const after = padding.map(([, high], i) => reach[i] - 1 - high);
  if (isTransposed && before.every((n) => n >= 0)) return spread(work, before, after);
  // Zeros between the elements of x, and an ordinary convolution.
  const zeros = [0, ...range(rank).map(() => 0), 0, 0];
  const inner = [0, ...attrs.inputDilation.map((n) => n - 1), 0, 0];
  const [x] = inputs;
  const apart = x.sizes.map((size, d) => size.map((n) => (n - 1) * (inner[d] + 1) + 1));
  const padAttrs = work.all.map(() => ({ low: zeros, high: zeros, inner, value: 0 }));
  const padWork = new Work(work.e, [x], padAttrs, [{ dtype: x.dtype, sizes: apart }]);
  return slid(work, movementTable['pad'](padWork) as Value);
};

/** Conv: channels behind the batch, groups and channels as one axis. */
function slid(work: Work<ConvAttrs>, x: Value): Value {
  const { e, attrs, inputs } = work;
  const w = inputs[1];
  const rank = attrs.strides.length;
  const spatial = range(rank).map((i) => i + 1);
  const [g, c] = [rank + 1, rank + 2];
  const taps = spatial.map((d) => w.sizes[d][0]);
  const reach = taps.map((n, i) => (n - 1) * attrs.dilation[i] + 1);
  const padding = attrs.padding.map(
    (_, i) => [work.size((a) => a.padding[i][0]), work.size((a) => a.padding[i][1])] as const,
  );
  let name = inLayout(e, x, [[0], [g, c], ...spatial.map((d) => [d])]);
  let how = paddingOf(
    padding,
    spatial.map((d) => x.sizes[d]),
    reach,
    attrs.strides,
  );
  if ('pads' in how && how.pads.some((n) => n < 0)) {
    const pads = [0, 0, ...how.pads.slice(0, rank), 0, 0, ...how.pads.slice(rank)];
    name = e.node('Pad', [name, e.ints(pads)]);
    how = { pads: how.pads.map(() => 0) };
  }
  const filter = inLayout(e, w, [[0, c], [g], ...spatial.map((d) => [d])]);
  const attributes = {
    kernel_shape: taps,
    strides: attrs.strides,
    dilations: attrs.dilation,
    group: w.sizes[0][0],
    ...how,
  };
  const y = inType(e, x.dtype, computed, [name, filter], (names) => e.node('Conv', names, attributes));
  return work.result(y, [[0], [g, c], ...spatial.map((d) => [d])]);
}

/** ConvTranspose, whose filter is not flipped. */
function spread(work: Work<ConvAttrs>, before: readonly number[], after: readonly number[]): Value {
  const { e, attrs, inputs } = work;
  const [x, w] = inputs;
  const rank = attrs.strides.length;
  const spatial = range(rank).map((i) => i + 1);
  const [g, c] = [rank + 1, rank + 2];
  const name = inLayout(e, x, [[0], [g, c], ...spatial.map((d) => [d])]);
  // As the primitive has it the filter is [g, …k, c, o].
  const filter = inLayout(e, flipped(e, w, spatial), [[0, g], [c], ...spatial.map((d) => [d])]);
  const more = after.map((n) => Math.max(0, -n));
  const attributes = {
    kernel_shape: spatial.map((d) => w.sizes[d][0]),
    strides: attrs.inputDilation,
    dilations: attrs.dilation,
    group: w.sizes[0][0],
    pads: [...before, ...after.map((n) => Math.max(0, n))],
    ...(more.some((n) => n > 0) && { output_padding: more }),
  };
  const y = inType(e, x.dtype, computed, [name, filter], (names) => e.node('ConvTranspose', names, attributes));
  return work.result(y, [[0], [g, c], ...spatial.map((d) => [d])]);
}
/** An array with axes reversed; weights are stored reversed. */
function flipped(e: Emitter, value: Value, axes: readonly number[]): Value {
  const { constant } = value;
  const moving = axes.filter((d) => value.sizes[d][0] > 1);
  if (moving.length === 0) return value;
  if (constant?.layout.every((group) => group.length <= 1)) {
    const order = constant.layout.flat();
    const shape = order.map((d) => value.sizes[d][0]);
    const data = (): TypedArray =>
      reversed(
        constant.data(),
        shape,
        moving.map((d) => order.indexOf(d)),
      );
    return { ...value, forms: [], constant: { ...constant, data, made: new Map() } };
  }
  const [name, all] = [stored(e, value), (n: number): string => e.ints(moving.map(() => n))];
  const result: Value = { dtype: value.dtype, sizes: value.sizes, forms: [] };
  const turned = e.node('Slice', [name, all(-1), all(-(2 ** 31)), e.ints(moving), all(-1)]);
  result.forms.push({ name: turned, layout: plain(value.sizes).map((group) => [...group]), scope: e.scope });
  return result;
}
function reversed(data: TypedArray, shape: readonly number[], axes: readonly number[]): TypedArray {
  const strides = stridesOf(shape);
  const result = data.slice();
  for (let k = 0; k < data.length; k++) {
    let from = 0;
    for (let d = 0, rest = k; d < shape.length; d++) {
      const i = Math.floor(rest / strides[d]);
      rest -= i * strides[d];
      from += (axes.includes(d) ? shape[d] - 1 - i : i) * strides[d];
    }
    result[k] = data[from];
  }
  return result;
}
export const contractionTable: Readonly<Record<string, Lower>> = { dot, conv };
