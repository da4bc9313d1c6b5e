import { sizeOf } from './catalogue/entry.ts';
import type { ModelDescription } from './description.ts';

/** Elements and the shape that they have. */
export interface ArrayData {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Numbers in [0, 1) that a seed repeats. */
export function evenNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A batch of inputs and labels for the described model. */
export function batchOf(
  { seed, batch, inputs, outputs }: ModelDescription,
  outputShapes: readonly (readonly number[])[],
  step: number,
): { readonly x: ArrayData[]; readonly y: ArrayData[] } {
  const next = evenNumbers(seed * 31 + step);
  // The sum of some even numbers is near enough to a normal one, and the same everywhere.
  const normal = (): number => next() + next() + next() + next() - 2;
  const floats = (shape: readonly number[], draw: () => number): ArrayData => ({
    data: Float32Array.from({ length: sizeOf(shape) }, draw),
    shape,
  });
  const integers = (shape: readonly number[], below: number, from = 0): ArrayData => ({
    data: Int32Array.from({ length: sizeOf(shape) }, () => from + Math.floor(next() * (below - from))),
    shape,
  });
  const x = inputs.map(({ shape, below }) =>
    below === undefined ? floats([batch, ...shape], normal) : integers([batch, ...shape], below),
  );
  const y = outputs.map(({ labels }, k) => {
    const shape = outputShapes[k]!;
    const classes = shape.at(-1)!;
    switch (labels) {
      case 'any':
        return floats(shape, normal);
      case 'positive':
        return floats(shape, () => 0.1 + 2 * next());
      case 'share':
        return floats(shape, () => 0.05 + 0.9 * next());
      case 'binary':
        return floats(shape, () => +(next() < 0.5));
      case 'sign':
        return floats(shape, () => (next() < 0.5 ? -1 : 1));
      case 'class':
        return integers(shape.slice(0, -1), classes);
      case 'words':
        return integers([batch, 2], classes, 1);
      case 'oneHot': {
        const one = floats(shape, () => 0);
        for (let k = 0; k < one.data.length; k += classes) one.data[k + Math.floor(next() * classes)] = 1;
        return one;
      }
    }
  });
  return { x, y };
}
