import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { showShape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { map } from '../../primitives/control/control.ts';
import type { Like } from '../../tensor/like.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { broadcastShapes, spreadTo } from '../operands.ts';
import { withoutAssigning } from './assigned.ts';
import { takeApart } from './nests.ts';

export interface VectorizeOptions {
  /** Positions of arguments that are passed on unchanged. */
  readonly excluded?: readonly number[] | null | undefined;
  /** Axes that the function sees, e.g. `(n),(n)->()`; none (scalars) by default. */
  readonly signature?: string | null | undefined;
}
const vectorizeOptions: OptionNames<VectorizeOptions> = { excluded: true, signature: true };
/**
 * Generalises a function of small tensors to large ones: it runs for all elements of their leading axes, which
 * broadcast.
 * @example vectorize((a, b) => a.add(b))([1, 2], 3) // [4, 5]
 */
export const vectorize = exact(
  'vectorize',
  2,
  function vectorize(
    pyfunc: (...args: Tensor[]) => Tensor | Tensor[],
    options: VectorizeOptions = {},
  ): (...args: Like[]) => Tensor | Tensor[] {
    const { excluded, signature } = optionsOf('vectorize', vectorizeOptions, options);
    const cores = signature ? (signature.split('->')[0].match(/\([^)]*\)/g) ?? []) : undefined;
    const ranks = cores?.map((core) => (core.match(/\w+/g) ?? []).length);
    const run = op(
      'vectorize',
      (...args: Tensor[]): Tensor | Tensor[] => {
        const mapped = args.flatMap((_, k) => (excluded?.includes(k) ? [] : [k]));
        if (ranks && ranks.length !== mapped.length)
          fail(
            'vectorize',
            `signature "${signature}" is for ${ranks.length} arguments, ${mapped.length} are given`,
            'describe each',
          );
        const core = (k: number): number => ranks?.[mapped.indexOf(k)] ?? 0;
        const short = mapped.find((k) => args[k].shape.length < core(k));
        if (short !== undefined)
          fail(
            'vectorize',
            `argument ${short} has shape ${showShape(args[short].shape)}`,
            `give it ${core(short)} axes or more`,
          );
        const outer = (k: number): readonly number[] => args[k].shape.slice(0, args[k].shape.length - core(k));
        const inner = (k: number): readonly number[] => args[k].shape.slice(args[k].shape.length - core(k));
        const loop = broadcastShapes('vectorize', mapped.map(outer));
        const rows = mapped.map((k) =>
          reshapeTo(spreadTo(args[k], [...loop, ...inner(k)]), [sizeOf(loop), ...inner(k)]),
        );
        let build: ((list: readonly Tensor[]) => unknown) | undefined;
        const found = map((slices) => {
          const given = withoutAssigning(
            'vectorize',
            'its function',
            () => pyfunc(...args.map((x, k) => slices[mapped.indexOf(k)] ?? x)),
            'use ops.map, which goes through the slices in order, or assign behind it',
          );
          const y = takeApart(given);
          build = y.build;
          return y.tensors;
        }, rows);
        return build!(found.map((y) => reshapeTo(y, [...loop, ...y.shape.slice(1)]))) as Tensor | Tensor[];
      },
      new Array<'tensor'>(16).fill('tensor'),
    );
    return run as (...args: Like[]) => Tensor | Tensor[];
  },
);
