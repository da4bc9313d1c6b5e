import { range } from '../../base/shape.ts';
import { expandDims, flip, getItem, scan, stack, transpose, where, zerosLike } from '../../ops/index.ts';
import { mapTensors, noted, Tensor, tensorsIn, type Variable } from '../../tensor/index.ts';
import { beginProjecting, beginSequence, type Cell, isProjecting, project, type States, type Step } from './cell.ts';

export interface Recurrence {
  readonly mask: Tensor | null | undefined;
  readonly training: boolean;
  readonly goBackwards: boolean;
  readonly unroll: boolean;
  readonly zeroOutputForMask: boolean;
  readonly returnSequences: boolean;
}

/** Time and batch trade places. */
const timeMajor = (x: Tensor): Tensor => transpose(x, { axes: [1, 0, ...range(x.shape.length).slice(2)] });

/** One direction of a sequence, as reported to exports. */
export interface Way {
  readonly cell: Cell;
  /** The cell's weights: kernel, recurrent kernel and bias, where it has these. */
  readonly weights: readonly (Variable | null | undefined)[];
  /** The states before the first step; zeros by default. */
  readonly initial?: States | null | undefined;
  readonly goBackwards: boolean;
}
/** One or both directions of a sequence, as reported to exports. */
export interface NotedRecurrence {
  readonly sequences: Tensor;
  readonly ways: readonly Way[];
  readonly mask?: Tensor | null | undefined;
  readonly returnSequences: boolean;
}
export function wayOf(cell: Cell, goBackwards: boolean, initial: Way['initial']): Way {
  const { kernel, recurrentKernel, bias } = cell as {
    readonly [key in 'kernel' | 'recurrentKernel' | 'bias']?: Variable;
  };
  return { cell, weights: isProjecting(cell) ? [kernel, recurrentKernel, bias] : [], initial, goBackwards };
}

/** Runs a cell over a sequence `[n, t, …]`: returns the output of the last step, or of all steps, and the last states. */
export function recur(cell: Cell, sequences: Tensor, initial: States, how: Recurrence): [Tensor, States] {
  const { mask, goBackwards, returnSequences } = how;
  return noted(
    'recurrence',
    (): NotedRecurrence => ({ sequences, ways: [wayOf(cell, goBackwards, initial)], mask, returnSequences }),
    () => gone(cell, sequences, initial, how),
  );
}
function gone(cell: Cell, sequences: Tensor, initial: States, how: Recurrence): [Tensor, States] {
  const { inputs, step, isFirstStateOutput } = stepsOf(cell, timeMajor(sequences), initial, how.training);
  const masked = how.mask ? maskStep(step, how.zeroOutputForMask) : undefined;
  const mask = how.mask ? timeMajor(how.mask) : undefined;
  const wantsAll = how.returnSequences || !isFirstStateOutput || (masked !== undefined && how.zeroOutputForMask);
  const once = (states: States, [x, m]: readonly Tensor[]): [Tensor, States] =>
    masked ? masked(x, m, states) : step(x, states);
  const xs = mask ? [inputs, mask] : [inputs];
  const [outputs, states] = how.unroll
    ? unrolled(once, xs, initial, how.goBackwards)
    : looped(once, xs, initial, how.goBackwards, wantsAll);
  if (how.returnSequences) return [timeMajor(outputs!), states];
  return [outputs ? getItem(outputs, -1) : (states as readonly Tensor[])[0], states];
}

/** The part of the step that must be repeated, and what it is given: for cells that allow it, inputs multiplied by their weights at once. */
function stepsOf(
  cell: Cell,
  x: Tensor,
  initial: States,
  training: boolean,
): { inputs: Tensor; step: Step; isFirstStateOutput: boolean } {
  const first = getItem(x, 0);
  if (!isProjecting(cell))
    return { inputs: x, step: beginSequence(cell, first, initial, training), isFirstStateOutput: false };
  const { keep, step } = beginProjecting(cell, first, initial, training);
  return { inputs: cell[project](x, keep), step, isFirstStateOutput: true };
}

/** Where the mask is false, states are unchanged, and the output is 0 or that of the step before: the first state of the (last) cell. */
const maskStep =
  (step: Step, zeroOutput: boolean) =>
  (x: Tensor, mask: Tensor, before: States): [Tensor, States] => {
    const [output, after] = step(x, before);
    const choose = (yes: Tensor, no: Tensor): Tensor => {
      let spread = mask;
      while (spread.shape.length < yes.shape.length) spread = expandDims(spread, -1);
      return where(spread, yes, no);
    };
    const old = tensorsIn(before);
    let at = 0;
    const states = mapTensors(after, (s) => choose(s, old[at++])) as States;
    return [choose(output, zeroOutput ? zerosLike(output) : previousOutput(before)), states];
  };
function previousOutput(states: States): Tensor {
  const list = states as readonly States[];
  if (list[0] instanceof Tensor) return list[0];
  const last = list.at(-1);
  return last instanceof Tensor ? last : (last as readonly Tensor[])[0];
}

type Once = (states: States, slices: readonly Tensor[]) => [Tensor, States];
function looped(
  once: Once,
  xs: readonly Tensor[],
  initial: States,
  reverse: boolean,
  wantsAll: boolean,
): [Tensor | undefined, States] {
  const body = (carry: unknown, slices: unknown): [unknown, unknown] => {
    const [output, states] = once(carry as States, slices as readonly Tensor[]);
    return [states, wantsAll ? [output] : []];
  };
  const [states, results] = scan(body, initial, { xs, reverse });
  const [outputs] = results as readonly Tensor[];
  return [outputs && (reverse ? flip(outputs, { axis: 0 }) : outputs), states as States];
}
function unrolled(once: Once, xs: readonly Tensor[], initial: States, reverse: boolean): [Tensor, States] {
  const steps = range(xs[0].shape[0]);
  let states = initial;
  const outputs = (reverse ? steps.reverse() : steps).map((t) => {
    const [output, next] = once(
      states,
      xs.map((x) => getItem(x, t)),
    );
    states = next;
    return output;
  });
  return [stack(outputs, { axis: 0 }), states];
}
