import type { Shape } from '../../base/shape.ts';
import type { Axis, Expr, Region, ScalarType } from '../../ir/expr.ts';
import { plus, times } from '../../ir/expr.ts';
import type { ContractionStep } from '../plan.ts';
import { phases, type Sliding } from './phases.ts';

/** An axis of the output that runs along the lines of one operand. */
export interface LineAxis {
  readonly size: number;
  /** Distance between neighbours in the operand, in elements. */
  readonly stride: number;
  /** The axis of the step, and its index there: `scale · i + shift`. */
  readonly axis: Axis;
  readonly scale: number;
  readonly shift: number;
}
/** An axis that is summed over, with its distances in both operands. */
export interface DepthAxis {
  readonly size: number;
  readonly strides: readonly [left: number, right: number];
}
/** An axis of independent products. */
export interface BatchAxis extends DepthAxis {
  readonly axis: Axis;
}
/**
 * A window that slides over the left operand: element `s = line · lineStep + depth · depthStep − low` of it, zero unless
 * 0 ≤ s < size and s is a multiple of `spacing`. Strides already count s where the spacing is 1; else they leave it out.
 */
export interface Window {
  readonly line: LineAxis;
  readonly depth: DepthAxis;
  readonly size: number;
  readonly low: number;
  readonly lineStep: number;
  readonly depthStep: number;
  readonly spacing: number;
  readonly stride: number;
}
/** One operand: where it begins, and its lines (rows of the left one, columns of the right one). */
export interface Side {
  readonly region: Region;
  readonly offset: number;
  readonly lines: readonly LineAxis[];
  readonly windows: readonly Window[];
}
/** `out[b, i, j] = Σ_k left[b, i, k] · right[b, k, j]`: every dot and every convolution, implicitly. */
export interface Product {
  readonly type: ScalarType;
  readonly batch: readonly BatchAxis[];
  readonly depth: readonly DepthAxis[];
  readonly sides: readonly [Side, Side];
}

export const count = (axes: readonly { readonly size: number }[]): number => axes.reduce((n, a) => n * a.size, 1);

/**
 * The products that make up a contraction (several if its input is spread out); undefined if it cannot be expressed as
 * products.
 */
export function productsOf(step: ContractionStep): readonly Product[] | undefined {
  const { equation, operands, views, axes, sum } = step;
  if (sum.type === 'f64' || sum.type === 'bool' || operands.some(({ dtype }) => dtype === 'float64')) return undefined;
  if ([...equation.inputs, ...equation.outputs].some((t) => t.shape.includes(0))) return undefined;
  const sums = equation.rule.contraction?.(equation.inputs, equation.attrs);
  if (!sums) return undefined;
  const [x, y] = equation.inputs.map(({ shape }) => shape) as [Shape, Shape];
  const [xs, ys] = [views[0].strides, views[1].strides];
  // Kernels read backwards only along windows of the right operand.
  const isWindow = (d: number): boolean => sums.windows.some(({ right }) => right === d);
  if (xs.some((stride) => stride < 0) || ys.some((stride, d) => stride < 0 && !isWindow(d))) return undefined;
  const lineOf = (shape: Shape, strides: readonly number[], [d, out]: readonly [number, number]): LineAxis => ({
    size: shape[d],
    stride: strides[d],
    axis: axes[out],
    scale: 1,
    shift: 0,
  });
  const left = sums.lines[0].map((pair) => lineOf(x, xs, pair));
  const right = sums.lines[1].map((pair) => lineOf(y, ys, pair));
  const together = ([l, r]: readonly [number, number, ...number[]]): DepthAxis => ({
    size: x[l],
    strides: [xs[l], ys[r]],
  });
  const batch = sums.batch.map((axis): BatchAxis => ({ ...together(axis), axis: axes[axis[2]] }));
  const depth = sums.depth.map(together);
  const sliding = sums.windows.map(
    ({ left: l, right: r, out, stride, dilation, spacing, low }): Sliding => ({
      size: x[l],
      taps: y[r],
      out: equation.outputs[0].shape[out],
      stride,
      dilation,
      spacing,
      low,
      strides: [xs[l], ys[r]],
      scale: 1,
      shift: 0,
      start: 0,
    }),
  );
  const at = sums.windows.map(({ out }) => axes[out]);
  return phases(sliding).map((parts): Product => {
    const slides = parts.map((part, i) => slide(part, at[i]));
    const before = parts.reduce((n, a) => n + (a.spacing === 1 ? a.low * a.strides[0] : 0), 0);
    const start = parts.reduce((n, a) => n + a.start, 0);
    return {
      type: sum.type,
      batch,
      depth: [...slides.map((s) => s.depth), ...depth],
      sides: [
        {
          region: operands[0],
          offset: views[0].offset - before,
          lines: [...left, ...slides.map((s) => s.line)],
          windows: slides.flatMap((s) => s.window ?? []),
        },
        { region: operands[1], offset: views[1].offset + start, lines: right, windows: [] },
      ],
    };
  });
}

/** The positions and the taps of a sliding window, and the window itself where it leaves the operand. */
function slide(a: Sliding, at: Axis): { line: LineAxis; depth: DepthAxis; window: Window | undefined } {
  const isDense = a.spacing === 1;
  const [inLeft, inRight] = a.strides;
  const line = { size: a.out, stride: isDense ? a.stride * inLeft : 0, axis: at, scale: a.scale, shift: a.shift };
  const depth: DepthAxis = { size: a.taps, strides: [isDense ? a.dilation * inLeft : 0, inRight] };
  if (isDense && a.low <= 0 && (a.out - 1) * a.stride + (a.taps - 1) * a.dilation - a.low < a.size)
    return { line, depth, window: undefined };
  const size = (a.size - 1) * a.spacing + 1;
  return {
    line,
    depth,
    window: {
      line,
      depth,
      size,
      low: a.low,
      spacing: a.spacing,
      stride: inLeft,
      lineStep: a.stride,
      depthStep: a.dilation,
    },
  };
}

/** The index of a line axis in the step, from its own. */
export const placed = ({ scale, shift }: Pick<LineAxis, 'scale' | 'shift'>, index: Expr): Expr =>
  plus(times(index, scale), shift);
