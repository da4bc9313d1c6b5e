import { isFloat } from '../../../base/dtype.ts';
import { range } from '../../../base/shape.ts';
import type { ReduceWindowAttrs } from '../../../primitives/window.ts';
import { refuse, type Value } from '../emitter.ts';
import type { Layout } from '../layout.ts';
import { inLayout } from '../values.ts';
import { type Lower, types, type Work } from '../work.ts';
import { paddingOf } from './contraction.ts';

/** Windows over an array stored in the layout that pooling needs. */
export interface Pooling {
  readonly layout: Layout;
  readonly attributes: Readonly<Record<string, string | readonly number[] | number>>;
  /** Padding that pooling does not support. */
  readonly pads: readonly number[] | undefined;
  readonly cells: number;
}
/** The axes along which windows slide come last, behind two others. */
export function poolingOf(work: Work<ReduceWindowAttrs>, x: Value): Pooling | undefined {
  const { attrs } = work;
  const slides = (d: number): boolean =>
    attrs.window[d] !== 1 || attrs.strides[d] !== 1 || attrs.padding[d].some((n) => n !== 0);
  const moving = range(x.sizes.length).filter(slides);
  if (moving.length === 0) return undefined;
  if (moving.length > 3) refuse('windows slide along more than three axes');
  const still = range(x.sizes.length).filter((d) => !slides(d));
  const layout = [still.slice(0, 1), still.slice(1), ...moving.map((d) => [d])];
  const of = <T>(list: readonly T[]): T[] => moving.map((d) => list[d]);
  const window = of(attrs.window);
  const dilations = of(attrs.dilation);
  const strides = of(attrs.strides);
  const padding = moving.map((d) => [work.size((a) => a.padding[d][0]), work.size((a) => a.padding[d][1])] as const);
  const reach = window.map((n, i) => (n - 1) * dilations[i] + 1);
  const how = paddingOf(
    padding,
    moving.map((d) => x.sizes[d]),
    reach,
    strides,
  );
  const isOdd = 'pads' in how && how.pads.some((n, k) => n < 0 || n >= window[k % window.length]);
  return {
    layout,
    attributes: {
      kernel_shape: window,
      strides,
      ...(dilations.some((n) => n !== 1) && { dilations }),
      ...(isOdd ? {} : how),
    },
    pads: isOdd ? [0, 0, ...how.pads.slice(0, window.length), 0, 0, ...how.pads.slice(window.length)] : undefined,
    cells: window.reduce((n, size) => n * size, 1),
  };
}

const reduceWindow: Lower = (work: Work<ReduceWindowAttrs>) => {
  const { e, attrs, inputs } = work;
  const [x] = inputs;
  const pooling = poolingOf(work, x);
  if (!pooling) return { ...x };
  const { layout, attributes, pads, cells } = pooling;
  const isSum = attrs.combine === 'add';
  const supported = types('float16', 'float32', 'float64', ...(isSum ? [] : (['int8', 'uint8'] as const)));
  if (isSum && 'dilations' in attributes && e.opset < 19)
    refuse('a dilated sum over windows needs an opset of at least 19');
  const type = supported.has(x.dtype) ? x.dtype : isFloat(x.dtype) ? 'float32' : 'float64';
  const write = (name: string): string => {
    const around = (n: string, value: number): string =>
      pads ? e.node('Pad', [n, e.ints(pads), e.scalar(value, type)]) : n;
    if (isSum) {
      const mean = e.node('AveragePool', [around(name, 0)], { ...attributes, count_include_pad: 1 });
      return e.node('Mul', [mean, e.scalar(cells, type)]);
    }
    if (attrs.combine === 'max') return e.node('MaxPool', [around(name, -Infinity)], attributes);
    return e.node('Neg', [e.node('MaxPool', [around(e.node('Neg', [name]), -Infinity)], attributes)]);
  };
  const name = inLayout(e, x, layout);
  const y = type === x.dtype ? write(name) : e.cast(write(e.cast(name, type)), x.dtype);
  return work.result(y, layout);
};
export const windowTable: Readonly<Record<string, Lower>> = { reduceWindow };
