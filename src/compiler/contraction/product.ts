import type { Axis, Expr, Region, ScalarType } from '../../ir/expr.ts';
import { plus, times } from '../../ir/expr.ts';
import type { Aval } from '../../ir/tensor.ts';
import type { ConvAttrs } from '../../primitives/conv.ts';
import type { DotAttrs } from '../../primitives/dot.ts';
import type { ContractionStep } from '../plan.ts';

/** An axis of the output, which runs along one operand's lines. */
export interface LineAxis {
  readonly size: number;
  /** Distance of neighbours in the operand, in elements. */
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

/** The products that a contraction consists of (several for a convolution of spread-out input); undefined: no kernel here does it. */
export function productsOf(step: ContractionStep): readonly Product[] | undefined {
  const { equation, operands, sum } = step;
  if (sum.type === 'f64' || sum.type === 'bool') return undefined;
  const kinds = operands.map(({ dtype }) => dtype);
  if (kinds.some((d) => d === 'float64')) return undefined;
  if ([...equation.inputs, ...equation.outputs].some((t) => t.shape.includes(0))) return undefined;
  if (equation.rule.name === 'dot') return [dotProduct(step)];
  return equation.rule.name === 'conv' ? convProducts(step) : undefined;
}

function dotProduct({ equation, operands, views, axes, sum }: ContractionStep): Product {
  const { batch, contract } = equation.attrs as DotAttrs;
  const shapes = (equation.inputs as readonly Aval[]).map((x) => x.shape);
  const free = (side: 0 | 1): number[] =>
    shapes[side]!.map((_, d) => d).filter((d) => !batch[side].includes(d) && !contract[side].includes(d));
  let next = batch[0].length;
  const side = (s: 0 | 1): Side => ({
    region: operands[s],
    offset: views[s].offset,
    lines: free(s).map((d) => ({
      size: shapes[s]![d]!,
      stride: views[s].strides[d]!,
      axis: axes[next++]!,
      scale: 1,
      shift: 0,
    })),
    windows: [],
  });
  const together = (lists: readonly [readonly number[], readonly number[]]): DepthAxis[] =>
    lists[0].map((d, i) => ({
      size: shapes[0]![d]!,
      strides: [views[0].strides[d]!, views[1].strides[lists[1][i]!]!],
    }));
  return {
    type: sum.type,
    batch: together(batch).map((b, i) => ({ ...b, axis: axes[i]! })),
    depth: together(contract),
    sides: [side(0), side(1)],
  };
}

/** A spatial axis of a convolution, as in the primitive. */
interface Spatial {
  readonly x: number;
  readonly taps: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
  readonly spacing: number;
  readonly low: number;
  readonly xStride: number;
  readonly wStride: number;
  /** Where the output's index stands: `scale · q + shift`; and where w's first tap does, in elements. */
  readonly scale: number;
  readonly shift: number;
  readonly wStart: number;
}

function convProducts(step: ContractionStep): readonly Product[] {
  const { equation, operands, views, axes, sum } = step;
  const attrs = equation.attrs as ConvAttrs;
  const [x, w] = equation.inputs as readonly Aval[] as readonly [Aval, Aval];
  const out = equation.outputs[0]!.shape;
  const rank = x.shape.length - 3;
  const [xs, ws] = [views[0].strides, views[1].strides];
  const spatial = attrs.strides.map(
    (stride, i): Spatial => ({
      x: x.shape[i + 1]!,
      taps: w.shape[i + 1]!,
      out: out[i + 1]!,
      stride,
      dilation: attrs.dilation[i]!,
      spacing: attrs.inputDilation[i]!,
      low: attrs.padding[i]![0],
      xStride: xs[i + 1]!,
      wStride: ws[i + 1]!,
      scale: 1,
      shift: 0,
      wStart: 0,
    }),
  );
  return phases(spatial).map((parts): Product => {
    const line = (size: number, stride: number, d: number): LineAxis => ({
      size,
      stride,
      axis: axes[d]!,
      scale: 1,
      shift: 0,
    });
    const isDense = (a: Spatial): boolean => a.spacing === 1;
    const lines = [
      line(x.shape[0]!, xs[0]!, 0),
      ...parts.map(
        (a, i): LineAxis => ({
          size: a.out,
          stride: isDense(a) ? a.stride * a.xStride : 0,
          axis: axes[i + 1]!,
          scale: a.scale,
          shift: a.shift,
        }),
      ),
    ];
    const depth = [
      ...parts.map((a): DepthAxis => ({ size: a.taps, strides: [isDense(a) ? a.dilation * a.xStride : 0, a.wStride] })),
      { size: x.shape[rank + 2]!, strides: [xs[rank + 2]!, ws[rank + 1]!] as const },
    ];
    const windows = parts.flatMap((a, i): Window[] =>
      isDense(a) && a.low <= 0 && (a.out - 1) * a.stride + (a.taps - 1) * a.dilation - a.low < a.x
        ? []
        : [
            {
              line: lines[i + 1]!,
              depth: depth[i]!,
              size: (a.x - 1) * a.spacing + 1,
              low: a.low,
              lineStep: a.stride,
              depthStep: a.dilation,
              spacing: a.spacing,
              stride: a.xStride,
            },
          ],
    );
    const before = parts.reduce((n, a) => n + (isDense(a) ? a.low * a.xStride : 0), 0);
    return {
      type: sum.type,
      batch: [{ size: x.shape[rank + 1]!, strides: [xs[rank + 1]!, ws[0]!], axis: axes[rank + 1]! }],
      depth,
      sides: [
        { region: operands[0], offset: views[0].offset - before, lines, windows },
        {
          region: operands[1],
          offset: parts.reduce((n, a) => n + a.wStart, views[1].offset),
          lines: [line(w.shape[rank + 2]!, ws[rank + 2]!, rank + 2)],
          windows: [],
        },
      ],
    };
  });
}

/**
 * A convolution of spread-out input as several dense ones: output q = d·u + r meets an input only where r + k·dilation − low is
 * a multiple of the spacing d, at every d-th tap from some first one on.
 */
function phases(spatial: readonly Spatial[]): readonly (readonly Spatial[])[] {
  const divides = (a: Spatial): boolean => a.spacing === 1 || (a.stride === 1 && gcd(a.dilation, a.spacing) === 1);
  if (!spatial.every(divides)) return [spatial];
  return spatial
    .map((a) => (a.spacing === 1 ? [a] : axisPhases(a)))
    .reduce<Spatial[][]>((all, list) => all.flatMap((head) => list.map((p) => [...head, p])), [[]]);
}
function axisPhases(a: Spatial): Spatial[] {
  const d = a.spacing;
  return Array.from({ length: Math.min(d, a.out) }, (_, residue): Spatial => {
    let first = 0;
    while ((residue + first * a.dilation - a.low) % d !== 0) first++;
    return {
      ...a,
      spacing: 1,
      taps: Math.max(0, Math.ceil((a.taps - first) / d)),
      out: Math.ceil((a.out - residue) / d),
      low: -(residue + first * a.dilation - a.low) / d,
      wStride: a.wStride * d,
      scale: d,
      shift: residue,
      wStart: first < a.taps ? first * a.wStride : 0,
    };
  });
}
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The index of a line axis in the step, from its own. */
export const placed = ({ scale, shift }: LineAxis, index: Expr): Expr => plus(times(index, scale), shift);
