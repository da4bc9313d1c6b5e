import { fail } from '../../base/errors.ts';
import { optionsOf } from '../../base/options.ts';
import { showShape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { transpose } from '../../primitives/movement.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';

/** The axes of one side of a pattern; those in parentheses form one axis. */
const groupsOf = (side: string): string[][] =>
  (side.match(/\([^)]*\)|\w+/g) ?? []).map((group) => group.match(/\w+/g) ?? []);
/** Lengths may only be given for names in the pattern. */
const optionsNamed = (pattern: string, given: Readonly<Record<string, number>> | undefined) =>
  optionsOf('rearrange', Object.fromEntries((pattern.match(/\w+/g) ?? []).map((name) => [name, true as const])), given);
/**
 * Splits, reorders and joins axes according to a pattern; lengths of split axes are given as further options.
 * @example rearrange(ones([2, 6]), 'a (b c) -> (a c) b', { b: 3 }).shape // [4, 3]
 */
export const rearrange = op(
  'rearrange',
  (tensor: Tensor, pattern: string, given?: Readonly<Record<string, number>>) => {
    const lengths = new Map(Object.entries(optionsNamed(pattern, given)));
    const bad = (problem: string): never =>
      fail('rearrange', `"${pattern}" ${problem}`, 'write e.g. "b h w c -> b (h w) c", every name once on both sides');
    const [left, right, more] = pattern.split('->');
    if (right === undefined || more !== undefined) return bad('has no "->"');
    const [from, to] = [groupsOf(left), groupsOf(right)];
    if (from.length !== tensor.shape.length)
      bad(`names ${from.length} axes of a tensor of shape ${showShape(tensor.shape)}`);
    const names = from.flat();
    if (new Set(names).size !== names.length || [...names].sort().join() !== to.flat().sort().join())
      bad('does not have the same names on both sides');
    const sizes = new Map<string, number>();
    from.forEach((group, d) => {
      const size = tensor.shape[d];
      const open = group.filter((name) => !lengths.has(name));
      const known = sizeOf(group.flatMap((name) => lengths.get(name) ?? []));
      if (open.length > 1) bad(`leaves the sizes of ${open.join(' and ')} open`);
      if (open.length === 1 ? size % known !== 0 : known !== size) bad(`does not divide axis ${d} of size ${size}`);
      for (const name of group) sizes.set(name, lengths.get(name) ?? size / known);
    });
    const split = reshapeTo(
      tensor,
      names.map((name) => sizes.get(name)!),
    );
    const perm = to.flat().map((name) => names.indexOf(name));
    return reshapeTo(
      transpose(split, { perm }),
      to.map((group) => sizeOf(group.map((name) => sizes.get(name)!))),
    );
  },
  ['tensor', 'text'],
);
