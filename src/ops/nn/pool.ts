import { isInexact } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { div } from '../../primitives/elementwise.ts';
import { reduceWindow } from '../../primitives/window.ts';
import { op } from '../op.ts';
import { cast, filled, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { channelsLast, paddingOf, perAxis, type Sizes } from './conv.ts';

/** Options of pooling. */
export interface PoolOptions {
  /** Step of the window; the window's own size when absent. */
  readonly strides?: Sizes | null | undefined;
  /** `'valid'` (the default): windows within the input; `'same'`: as many results as there are steps in the input. */
  readonly padding?: 'valid' | 'same' | undefined;
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
const poolOptions: OptionNames<PoolOptions> = { strides: true, padding: true, dataFormat: true };
interface Geometry {
  readonly x: Tensor;
  readonly back: (y: Tensor) => Tensor;
  readonly window: number[];
  readonly strides: number[];
  readonly padding: [number, number][];
  readonly dilation: number[];
}
function geometry(
  who: string,
  inputs: Tensor,
  poolSize: Sizes,
  { strides, padding = 'valid', dataFormat }: PoolOptions,
): Geometry {
  if (inputs.shape.length < 3)
    fail(who, `inputs have shape ${showShape(inputs.shape)}`, 'give batch, one spatial axis or more, and channels');
  const [x, back] = channelsLast(who, inputs, dataFormat);
  const rank = x.shape.length - 2;
  const window = perAxis(who, 'poolSize', poolSize, rank);
  const steps = perAxis(who, 'strides', strides ?? window, rank);
  const spatial = x.shape.slice(1, -1);
  const around = paddingOf(who, padding, spatial, window, steps);
  const wide = <T>(list: readonly T[], one: T): T[] => [one, ...list, one];
  return {
    x,
    back,
    window: wide(window, 1),
    strides: wide(steps, 1),
    padding: wide(around, [0, 0]),
    dilation: x.shape.map(() => 1),
  };
}

/** The largest element of a sliding window: inputs `[n, …p, c]`. @example maxPool([[[1], [3], [2], [4]]], 2) // [[[3], [4]]] */
export const maxPool = op(
  'maxPool',
  (inputs: Tensor, poolSize: Sizes, options: PoolOptions = {}) => {
    const { x, back, ...attrs } = geometry('maxPool', inputs, poolSize, options);
    return back(reduceWindow(x, { combine: 'max', ...attrs }));
  },
  ['tensor'],
  poolOptions,
);
/** The mean of a sliding window, of the cells inside the input: inputs `[n, …p, c]`. @example averagePool([[[1], [3], [2], [4]]], 2) // [[[2], [3]]] */
export const averagePool = op(
  'averagePool',
  (inputs: Tensor, poolSize: Sizes, options: PoolOptions = {}) => {
    const { x: raw, back, ...attrs } = geometry('averagePool', inputs, poolSize, options);
    const x = cast(raw, floatType(raw.dtype));
    // Sums of integers stay within their type.
    const total = isInexact(raw.dtype)
      ? reduceWindow(x, { combine: 'add', ...attrs })
      : cast(cast(reduceWindow(cast(raw, 'int32'), { combine: 'add', ...attrs }), raw.dtype), x.dtype);
    const cells = attrs.window.reduce((n, size) => n * size, 1);
    if (attrs.padding.every(([low, high]) => low === 0 && high === 0)) return back(div(total, like(total, cells)));
    // How many cells lie inside depends on the position alone.
    const one = filled([1, ...x.shape.slice(1, -1), 1], x.dtype, 1);
    return back(div(total, spreadTo(reduceWindow(one, { combine: 'add', ...attrs }), total.shape)));
  },
  ['tensor'],
  poolOptions,
);
