/** Sizes of a tensor's axes, outermost first. */
export type Shape = readonly number[];
/** A shape in which `null` stands for an unknown size. */
export type SymbolicShape = readonly (number | null)[];

export const sizeOf = (shape: Shape): number => {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
};

export const sameShape = (a: SymbolicShape, b: SymbolicShape): boolean =>
  a.length === b.length && a.every((n, d) => n === b[d]);

/** Steps, in elements, from one index to the next along each axis of a dense array. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d];
  }
  return strides;
}

/** The first invalid size: one that is not a whole number of at least 0. */
export const noSize = (shape: Shape): number | undefined => shape.find((n) => !Number.isInteger(n) || n < 0);

/** `0 … n-1`. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A shape as shown in messages: `(null, 28, 28)`. */
export const showShape = (shape: SymbolicShape): string =>
  `(${shape.map(String).join(', ')}${shape.length === 1 ? ',' : ''})`;
