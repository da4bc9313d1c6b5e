import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { show } from '../../base/options.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as control from '../../primitives/control/control.ts';
import * as p from '../../primitives/elementwise.ts';
import { reshape } from '../../primitives/movement.ts';
import { asTensor, isNumbers } from '../../tensor/like.ts';
import { op, opNames } from '../op.ts';
import { cast, like } from '../operands.ts';
import { branching, givingAssigned, looping, withoutAssigning } from './assigned.ts';
import { takeApart } from './nests.ts';

/** A nest of tensors: one, or lists and plain objects of them. */
type Nest = any;
type Fn = (...args: Nest[]) => Nest;

const scalar = (who: string, what: string, x: Tensor): Tensor =>
  x.shape.every((n) => n === 1)
    ? reshape(x, { shape: [] })
    : fail(who, `${what} has shape ${showShape(x.shape)}`, 'give a scalar');

/** Records a function of lists of tensors, and remembers the structure of its result. */
function nested(
  f: Fn,
  spread: boolean,
): { run: (inputs: Nest) => readonly Tensor[]; build: (list: readonly Tensor[]) => Nest } {
  let build: ((list: readonly Tensor[]) => unknown) | undefined;
  return {
    run: (inputs) => {
      const parts = takeApart(spread ? f(...inputs) : f(inputs));
      build = parts.build;
      return parts.tensors;
    },
    build: (list) => build!(list),
  };
}

/**
 * The result of `trueFn` if the condition holds, else of `falseFn`; only one of them runs.
 * @example cond(true, () => 1, () => 2) // 1
 */
export const cond = op(
  'cond',
  (pred: Tensor, trueFn: () => Nest, falseFn: () => Nest): Nest => {
    const [yes, no] = [nested(trueFn, true), nested(falseFn, true)];
    const holds = cast(scalar('cond', 'pred', pred), 'bool');
    const found = branching('cond', [() => no.run([]), () => yes.run([])], ([whenFalse, whenTrue], complete) =>
      control.cond(holds, whenTrue, whenFalse, [], complete),
    );
    return yes.build(found);
  },
  ['tensor', 'function', 'function'],
);
const switchOp = op(
  'switch',
  (index: Tensor, branches: readonly Fn[], operands: readonly Nest[]): Nest => {
    const parts = branches.map((f) => nested(f, true));
    const { tensors, build } = takeApart(operands);
    const runs = parts.map(
      ({ run }) =>
        (list: readonly Tensor[]) =>
          run(build(list)),
    );
    const number = cast(scalar('switch', 'index', index), 'int32');
    const found = branching('switch', runs, (all, complete) => control.switchCase(number, all, tensors, complete));
    return parts[0].build(found);
  },
  ['tensor', 'functions', 'value'],
);
/**
 * Calls the branch with the given number, clamped to those that exist, on the operands.
 * @example ops.switch(1, [(x) => x, (x) => x.neg()], 3) // -3
 */
const switchCase = Object.assign(
  (index: Nest, branches: readonly Fn[], ...operands: Nest[]): Nest => switchOp(index, branches, operands),
  opNames('switch'),
);

const isList = (x: unknown): x is unknown[] => Array.isArray(x);
/** Carried values must keep their dtype and shape. */
function settled(who: string, next: readonly Tensor[], before: readonly Tensor[]): Tensor[] {
  if (next.length !== before.length)
    fail(who, `the body gives ${next.length} values for ${before.length} carries`, 'give as many as it takes');
  return next.map((x, k) => {
    const { shape, dtype } = before[k];
    if (showShape(x.shape) !== showShape(shape))
      fail(who, `a carry of shape ${showShape(shape)} becomes ${showShape(x.shape)}`, 'keep the shape in every round');
    return cast(x, dtype);
  });
}
/** Repeats `body` on the carried values, and on the variables that it assigns, while `condition` holds. */
const repeated = (
  who: string,
  condition: (list: readonly Tensor[]) => Tensor,
  body: (list: readonly Tensor[]) => readonly Tensor[],
  init: readonly Tensor[],
  maxIterations?: number,
): readonly Tensor[] =>
  looping((held, turn) => {
    const own = init.length;
    const test = (list: readonly Tensor[]): Tensor =>
      withoutAssigning(who, 'the condition', () => condition(list), 'assign variables in the body alone');
    const found = control.whileLoop(
      (list) => turn(list.slice(own), () => test(list.slice(0, own))).given,
      (list) => {
        const { given, next } = turn(list.slice(own), () => body(list.slice(0, own)));
        return [...given, ...next];
      },
      [...init, ...held],
      { maxIterations },
    );
    return { found: found.slice(0, own), held: found.slice(own) };
  });
/** Runs the iterations of `scan`, carrying along the variables that they assign. */
const scanned = (
  round: control.ScanBody,
  init: readonly Tensor[],
  sequences: readonly Tensor[],
  options: { readonly length: number; readonly reverse?: boolean },
): ReturnType<control.ScanBody> =>
  looping((held, turn) => {
    const own = init.length;
    const { carries, results } = control.scan(
      (all, slices) => {
        const { given, next } = turn(all.slice(own), () => round(all.slice(0, own), slices));
        return { carries: [...given.carries, ...next], results: given.results };
      },
      [...init, ...held],
      sequences,
      options,
    );
    return { found: { carries: carries.slice(0, own), results }, held: carries.slice(own) };
  });
/** Repeats `body` on the loop variables while `cond` holds of them; with `maximumIterations` it has gradients. @example whileLoop((x) => x.less(10), (x) => x.mul(2), 1) // 16 */
export const whileLoop = op(
  'whileLoop',
  (
    condition: Fn,
    body: Fn,
    loopVars: Nest,
    {
      maximumIterations,
    }: {
      /** The most iterations; unlimited by default. */
      readonly maximumIterations?: number | null | undefined;
    } = {},
  ): Nest => {
    const spread = isList(loopVars);
    const { tensors, build } = takeApart(loopVars);
    const call = (f: Fn, list: readonly Tensor[]): Tensor[] => {
      const value = build(list);
      return takeApart(spread ? f(...(value as unknown[])) : f(value)).tensors;
    };
    const bound = maximumIterations ?? undefined;
    return build(
      repeated(
        'whileLoop',
        (list) => cast(scalar('whileLoop', 'the condition', call(condition, list)[0]), 'bool'),
        (list) => settled('whileLoop', call(body, list), list),
        tensors,
        bound,
      ),
    );
  },
  ['function', 'function', 'value'],
  { maximumIterations: true },
);
/** `val = bodyFun(i, val)` for i from `lower` up to, not including, `upper`. @example foriLoop(0, 3, (i, x) => x.add(i), 0) // 3 */
export const foriLoop = op(
  'foriLoop',
  (lower: number | Tensor, upper: number | Tensor, bodyFun: Fn, initVal: Nest): Nest => {
    const { tensors, build } = takeApart(initVal);
    const step = (i: Tensor, list: readonly Tensor[]): Tensor[] =>
      settled('foriLoop', takeApart(bodyFun(i, build(list))).tensors, list);
    const start = cast(lower, 'int32');
    const next = (i: Tensor): Tensor => p.add(i, like(i, 1));
    if (typeof lower === 'number' && typeof upper === 'number') {
      const length = Math.max(0, upper - lower);
      const found = scanned(
        ([i, ...list]) => ({ carries: [next(i), ...step(i, list)], results: [] }),
        [start, ...tensors],
        [],
        { length },
      );
      return build(found.carries.slice(1));
    }
    const end = cast(upper, 'int32');
    const found = repeated(
      'foriLoop',
      ([i]) => p.lt(i, end),
      ([i, ...list]) => [next(i), ...step(i, list)],
      [start, ...tensors],
    );
    return build(found.slice(1));
  },
  ['constant', 'constant', 'function', 'value'],
);

/** Options of `scan`. */
export interface ScanOptions {
  /** Sequences, in a nest; `f` receives one slice of each along the first axis. */
  readonly xs?: Nest;
  /** Number of iterations, if there are no sequences. */
  readonly length?: number | null | undefined;
  /** Runs from the last slice to the first. */
  readonly reverse?: boolean | undefined;
  /** Whether to unroll iterations: all (true), or this many per iteration. */
  readonly unroll?: boolean | number | undefined;
}
/** `[carry, y] = f(carry, x)` over the slices of sequences: the last carry, and the ys stacked. @example scan((c, x) => [c.add(x), c], 0, { xs: [1, 2, 3] })[0] // 6 */
export const scan = op(
  'scan',
  (f: Fn, init: Nest, { xs, length, reverse = false }: ScanOptions = {}): [Nest, Nest] => {
    const carry = takeApart(init);
    const sequences = takeApart(xs, { joinsNumbers: true });
    const sizes = [...new Set(sequences.tensors.map((x) => x.shape[0] ?? -1))];
    if (sizes.length > 1 || sizes.includes(-1))
      fail(
        'scan',
        `the sequences have shapes ${sequences.tensors.map((x) => showShape(x.shape)).join(', ')}`,
        'give all the same first axis',
      );
    const rounds = sizes[0] ?? length ?? fail('scan', 'neither xs nor length is given', 'give one of them');
    if (length !== undefined && length !== null && length !== rounds)
      fail('scan', `length is ${length}, the sequences have ${rounds}`, 'leave length out');
    let build: ((list: readonly Tensor[]) => unknown) | undefined;
    const found = scanned(
      (carries, slices) => {
        const result: unknown = f(carry.build(carries), sequences.build(slices));
        if (!isList(result) || result.length !== 2)
          return fail('scan', 'the function does not give a pair', 'return [carry, y]');
        const y = takeApart(result[1]);
        build = y.build;
        return { carries: settled('scan', takeApart(result[0]).tensors, carries), results: y.tensors };
      },
      carry.tensors,
      sequences.tensors,
      { length: rounds, reverse },
    );
    return [carry.build(found.carries), build!(found.results)];
  },
  ['function', 'value'],
  { xs: true, length: true, reverse: true, unroll: true },
);
const mapped = (name: string) =>
  op(
    name,
    (f: Fn, xs: Nest): Nest => {
      const sequences = takeApart(xs, { joinsNumbers: true });
      if (sequences.tensors.length === 0 || sequences.tensors.some((x) => x.shape.length === 0))
        fail(name, 'there is no first axis to run along', 'give tensors of one axis or more');
      let build: ((list: readonly Tensor[]) => unknown) | undefined;
      const { results } = scanned(
        (_, slices) => {
          const y = takeApart(f(sequences.build(slices)));
          build = y.build;
          return { carries: [], results: y.tensors };
        },
        [],
        sequences.tensors,
        { length: sequences.tensors[0].shape[0] },
      );
      return build!(results);
    },
    ['function', 'value'],
  );
/** `f` of every slice along the first axis, stacked. @example map((x) => x.mul(2), [1, 2, 3]) // [2, 4, 6] */
export const map = mapped('map');
/** `f` of every slice along the first axis, stacked. @example vectorizedMap((x) => x.mul(2), [1, 2, 3]) // [2, 4, 6] */
export const vectorizedMap = mapped('vectorizedMap');

/** The result of the function of `customGradient`. */
function pairOf(given: unknown): readonly [value: Nest, gradient: Fn] {
  if (Array.isArray(given) && given.length === 2 && typeof given[1] === 'function') return [given[0], given[1]];
  return fail(
    'customGradient',
    'its function does not give a value and a gradient',
    'return [value, (upstream) => gradient]',
  );
}

/**
 * A function with a custom gradient: `f(...x)` returns `[value, gradient]`, and `gradient(upstream)` returns the
 * gradient for each x.
 * @example customGradient((x) => [x.square(), (upstream) => upstream.mul(3)])([1, 2]) // [1, 4]
 */
export const customGradient = exact(
  'ops.customGradient',
  1,
  (f: (...x: any[]) => readonly [value: Nest, gradient: Fn]): ((...args: Nest[]) => Nest) => {
    if (typeof f !== 'function')
      fail(
        'customGradient',
        `it was given ${show(f)} for a function`,
        'customGradient((x) => [value, (upstream) => gradient])',
      );
    // The function is an argument too, so that its program is not reused for another one.
    const call = op(
      'customGradient',
      (...given: unknown[]): Nest => {
        const args = given.slice(1) as Nest[];
        const inputs = takeApart(args.map((x) => (isNumbers(x) ? asTensor(x) : x)));
        let build: ((list: readonly Tensor[]) => unknown) | undefined;
        const pair = (list: readonly Tensor[]) => pairOf(f(...(inputs.build(list) as unknown[])));
        const assigning = givingAssigned();
        const found = control.callWithGradient(
          (list) =>
            assigning.record(() => {
              const value = takeApart(pair(list)[0]);
              build = value.build;
              return value.tensors;
            }),
          inputs.tensors,
          (g, list, outputs) => {
            // The function runs again on the inputs, so that its gradient uses tensors of this program.
            const [, gradient] = assigning.again(() => pair(list));
            const upstream = assigning.own(outputs).map((y, k) => g[k] ?? like(y, 0));
            const wanted = takeApart(gradient(build!(upstream))).tensors;
            return list.map((x, k) => (wanted[k] ? cast(wanted[k], x.dtype) : null));
          },
          'customGradient',
        );
        return build!(assigning.take(found));
      },
      ['function', ...range(16).map(() => 'value' as const)],
    );
    return (...args) => call(f, ...args);
  },
);
export { switchCase as switch };
