import type { SymbolicShape } from '../../base/shape.ts';

/** Nests of shapes, in the structure of a layer's input. */
export type Shapes = SymbolicShape | readonly Shapes[] | { readonly [key: string]: Shapes };

/** Whether a value is the shape of one tensor. */
export const isShape = (x: unknown): x is SymbolicShape =>
  Array.isArray(x) && x.every((n) => n === null || (Number.isSafeInteger(n) && (n as number) >= 0));

/** Maps each shape in a nest. */
export function mapShapes(shapes: Shapes, f: (shape: SymbolicShape) => unknown): unknown {
  if (!Array.isArray(shapes))
    return Object.fromEntries(Object.entries(shapes).map(([k, s]) => [k, mapShapes(s as Shapes, f)]));
  if (shapes.every((n) => n === null || typeof n === 'number')) return f(shapes as SymbolicShape);
  return shapes.map((s) => mapShapes(s as Shapes, f));
}
