import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { range, type Shape, type SymbolicShape, showShape } from '../base/shape.ts';

export type Axes = number | readonly number[] | null | undefined;

/** An axis counted from the front; negative ones count from the end. */
export function axisOf(who: string, axis: number, rank: number, argument = 'axis'): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    fail(
      who,
      `${argument} ${axis} does not exist in a tensor of rank ${rank}`,
      rank === 0 ? 'a scalar has no axes: leave it out' : `use an integer from ${-rank} to ${rank - 1}`,
    );
  return axis < 0 ? axis + rank : axis;
}

/** The axes, in ascending order and without duplicates; all of them by default. */
export function axesOf(who: string, axis: Axes, rank: number, argument = 'axis'): number[] {
  if (axis === undefined || axis === null) return range(rank);
  if (typeof axis !== 'number' && !Array.isArray(axis))
    fail(who, `${argument} is ${show(axis)}`, 'give a whole number, or a list of them');
  const axes = (typeof axis === 'number' ? [axis] : axis).map((d) => axisOf(who, d, rank, argument));
  if (new Set(axes).size !== axes.length)
    fail(who, `${argument} [${axes.join(', ')}] names an axis twice`, 'name each axis once');
  return axes.sort((a, b) => a - b);
}

/** The shape with reduced axes kept as size 1. */
export const keptShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((n, d) => (axes.includes(d) ? 1 : n));

/** Checks a size, which must be an integer of at least `least`. */
export function sizeArgument(who: string, argument: string, value: number, least = 0): number {
  if (!Number.isInteger(value) || value < least)
    fail(who, `${argument} is ${value}`, `give an integer of at least ${least}`);
  return value;
}
export const shapeArgument = (who: string, shape: Shape | number): Shape => {
  const sizes = typeof shape === 'number' ? [shape] : shape;
  if (Array.isArray(sizes) && (sizes as SymbolicShape).includes(null))
    fail(
      who,
      `shape ${showShape(sizes)} has a size that is not known before the model runs`,
      'use ops.zerosLike, ops.onesLike or broadcasting instead of a shape, or call the op in the call() of a layer of your own, where sizes are numbers',
    );
  if (!Array.isArray(sizes) || sizes.some((n) => !Number.isInteger(n) || n < 0))
    fail(
      who,
      `${Array.isArray(sizes) ? showShape(sizes) : String(sizes)} is no shape`,
      'give whole numbers of at least 0',
    );
  return sizes;
};
