import { type ConvAxis, type ConvSpec, plus, times, unflatten } from './conv-geometry.ts';
import type { Epilogue } from './tiled-product.ts';

/** One residue of the positions along an axis with spread-out input, which meets only every d-th tap. */
interface Phase {
  readonly axis: ConvAxis;
  readonly residue: number;
  /** Elements of w before the phase's first tap. */
  readonly wStart: number;
}

/**
 * A convolution of spread-out input as several dense ones. With inputs d apart, output q = d u + r meets an input only
 * where r + k * dilation - low is a multiple of d: at every d-th tap from some first one on. Each r is a convolution with
 * these taps only, and nothing is multiplied by the zeros in between.
 */
export function phases(spec: ConvSpec): ConvSpec[] | undefined {
  if (spec.axes.every((a) => a.inputDilation === 1)) return undefined;
  const perAxis: Phase[][] = [];
  for (const axis of spec.axes) {
    if (axis.inputDilation > 1 && (axis.stride !== 1 || divisor(axis.dilation, axis.inputDilation) > 1))
      return undefined;
    perAxis.push(axisPhases(axis));
  }
  const combined = perAxis.reduce<Phase[][]>((all, list) => all.flatMap((head) => list.map((p) => [...head, p])), [[]]);
  return combined.map((parts) => ({
    ...spec,
    axes: parts.map((p) => p.axis),
    w: { ...spec.w, start: parts.reduce((sum, p) => sum + p.wStart, spec.w.start ?? 0) },
    epilogue: placed(spec, parts),
  }));
}

function axisPhases(axis: ConvAxis): Phase[] {
  const { inputDilation: d, dilation, low, w, wStride, flip } = axis;
  const list: Phase[] = [];
  for (let residue = 0; residue < Math.min(d, axis.out); residue++) {
    let first = 0;
    while ((residue + first * dilation - low) % d !== 0) first++;
    const taps = Math.max(0, Math.ceil((w - first) / d));
    const start = flip ? w - 1 - first - d * (taps - 1) : first;
    list.push({
      residue,
      wStart: taps > 0 ? start * wStride : 0,
      axis: {
        ...axis,
        w: taps,
        out: Math.ceil((axis.out - residue) / d),
        inputDilation: 1,
        low: -(residue + first * dilation - low) / d,
        wStride: wStride * d,
      },
    });
  }
  return list;
}

/** Turns a phase's rows (n, u) into rows (n, q) of the whole. */
function placed(spec: ConvSpec, parts: readonly Phase[]): Epilogue {
  return (f, out) => {
    const sizes = [spec.batch, ...parts.map((p) => p.axis.out)];
    const [n, ...u] = unflatten(f, out.row, sizes);
    let row = n!;
    spec.axes.forEach((whole, i) => {
      const q = plus(times(u[i]!, whole.inputDilation), parts[i]!.residue);
      row = plus(times(row, whole.out), q);
    });
    spec.epilogue(f, { ...out, row: f.let('i32', row) });
  };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
