/** An axis along which a window slides, with distances in both operands. */
export interface Sliding {
  /** Elements of the left operand, taps of the window, positions of the result. */
  readonly size: number;
  readonly taps: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
  readonly spacing: number;
  readonly low: number;
  readonly strides: readonly [left: number, right: number];
  /** The position's index in the result: `scale · q + shift`; and where the first tap stands in the right operand. */
  readonly scale: number;
  readonly shift: number;
  readonly start: number;
}

/**
 * A window over a spread-out input as several dense windows: position q = d·u + r meets an element only where r +
 * t·dilation − low is a multiple of the spacing d, that is, at every d-th tap from a first one on. Nothing is
 * multiplied by the zeros in between.
 */
export function phases(axes: readonly Sliding[]): readonly (readonly Sliding[])[] {
  const divides = (a: Sliding): boolean => a.spacing === 1 || (a.stride === 1 && gcd(a.dilation, a.spacing) === 1);
  if (!axes.every(divides)) return [axes];
  return axes
    .map((a) => (a.spacing === 1 ? [a] : phasesOf(a)))
    .reduce<Sliding[][]>((all, list) => all.flatMap((head) => list.map((p) => [...head, p])), [[]]);
}

function phasesOf(a: Sliding): Sliding[] {
  const d = a.spacing;
  return Array.from({ length: Math.min(d, a.out) }, (_, residue): Sliding => {
    let first = 0;
    while ((residue + first * a.dilation - a.low) % d !== 0) first++;
    return {
      ...a,
      spacing: 1,
      taps: Math.max(0, Math.ceil((a.taps - first) / d)),
      out: Math.ceil((a.out - residue) / d),
      low: -(residue + first * a.dilation - a.low) / d,
      strides: [a.strides[0], a.strides[1] * d],
      scale: d,
      shift: residue,
      start: first < a.taps ? first * a.strides[1] : 0,
    };
  });
}
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
