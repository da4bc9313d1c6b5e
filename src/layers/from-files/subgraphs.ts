import { f, type Resolved } from '../../base/field/field.ts';
import { cond, convertToTensor, flip, less, logicalAnd, moveaxis, scan, whileLoop } from '../../ops/index.ts';
import { type Tensor, tensorsIn } from '../../tensor/index.ts';
import { type AnyLayer, Layer } from '../layer/layer.ts';
import { layerField } from '../nested-layer.ts';

// What ONNX's If, Loop and Scan become. The models within them take everything they read as inputs.

/** What a model within gives for a list of tensors. */
const results = (model: AnyLayer, inputs: readonly Tensor[]): Tensor[] =>
  tensorsIn((model as (inputs: readonly Tensor[] | Tensor) => unknown)(inputs.length === 1 ? inputs[0] : inputs));

const branches = {
  /** What is computed from all inputs but the first if the first is true. */
  thenBranch: layerField(),
  /** What is computed if it is false. */
  elseBranch: layerField(),
};
export interface If extends Resolved<typeof branches> {}
/** One of two models, as the first input says: `[condition, …inputs]`. */
export class If extends Layer<typeof branches, [inputs: readonly Tensor[]], Tensor[]> {
  static override readonly className = 'If';
  static override readonly fields = branches;
  static override readonly needsBuild = false;

  call([condition, ...given]: readonly Tensor[]): Tensor[] {
    const branch = (model: AnyLayer) => (): Tensor[] => results(model, given);
    return cond(condition, branch(this.thenBranch), branch(this.elseBranch));
  }
}

const rounds = {
  /** What a round computes: from its number, what is carried and the rest, whether it goes on, what is carried again, and results. */
  body: layerField(),
  /** How many tensors are carried from round to round. */
  carries: f.int({ min: 0 }),
  /** The most rounds. */
  most: f.nullable(f.int({ min: 0 })),
  /** Whether the first input is the number of rounds. */
  isCounted: f.bool(false),
  /** Whether the next input is a condition, and the loop ends when it no longer holds. */
  isConditional: f.bool(false),
};
export interface Loop extends Resolved<typeof rounds> {}
/** A model that goes on with its own results: `[count?, condition?, …carries, …rest]` give the last carries, and what rounds give besides, stacked. */
export class Loop extends Layer<typeof rounds, [inputs: readonly Tensor[]], Tensor[]> {
  static override readonly className = 'Loop';
  static override readonly fields = rounds;
  static override readonly needsBuild = false;

  call(inputs: readonly Tensor[]): Tensor[] {
    const { body, carries, most, isCounted, isConditional } = this;
    const [count] = isCounted ? inputs : [];
    const [condition] = isConditional ? inputs.slice(Number(isCounted)) : [];
    const own = inputs.slice(Number(isCounted) + Number(isConditional));
    const [first, rest] = [own.slice(0, carries), own.slice(carries)];
    const holds = convertToTensor(true);
    const start = convertToTensor(0, { dtype: 'int32' });
    const round = (i: Tensor, list: readonly Tensor[]): Tensor[] => results(body, [i, ...list, ...rest]);
    if (most !== null && !isCounted && !isConditional) {
      const step = ([i, ...list]: Tensor[]): [Tensor[], Tensor[]] => {
        const found = round(i, list);
        return [[i.add(1), ...found.slice(1, carries + 1)], found.slice(carries + 1)];
      };
      const [last, stacked] = scan(step, [start, ...first], { length: most }) as [Tensor[], Tensor[]];
      return [...last.slice(1), ...stacked];
    }
    const last = whileLoop(
      (i: Tensor, again: Tensor) => (count ? logicalAnd(again, less(i, count.reshape([]))) : again),
      (i: Tensor, again: Tensor, ...list: Tensor[]) => {
        const [next, ...found] = round(i, list);
        return [i.add(1), isConditional ? next.reshape([]) : again, ...found];
      },
      [start, condition ? condition.reshape([]) : holds, ...first],
      { maximumIterations: most },
    ) as Tensor[];
    return last.slice(2);
  }
}

const steps = {
  /** What a step computes: from what is carried, a slice of each sequence and the rest, what is carried again and a slice of each result. */
  body: layerField(),
  /** How many tensors are carried from step to step. */
  carries: f.int({ min: 0 }),
  /** The axis of each sequence that the steps go along. */
  axes: f.ints(),
  /** 1 for each sequence that is read from its end, 0 for others. */
  directions: f.ints(),
  /** The same two for the results. */
  resultAxes: f.ints(),
  resultDirections: f.ints(),
};
export interface Scan extends Resolved<typeof steps> {}
/** A model that goes along sequences: `[…carries, …sequences, …rest]` give the last carries, and the results of all steps. */
export class Scan extends Layer<typeof steps, [inputs: readonly Tensor[]], Tensor[]> {
  static override readonly className = 'Scan';
  static override readonly fields = steps;
  static override readonly needsBuild = false;

  call(inputs: readonly Tensor[]): Tensor[] {
    const { body, carries, axes, directions, resultAxes, resultDirections } = this;
    const turned = (x: Tensor, direction: number): Tensor => (direction === 1 ? flip(x, { axis: 0 }) : x);
    const xs = axes.map((axis, k) => turned(moveaxis(inputs[carries + k], axis, 0), directions[k]));
    const rest = inputs.slice(carries + axes.length);
    const step = (list: Tensor[], slices: Tensor[]): [Tensor[], Tensor[]] => {
      const found = results(body, [...list, ...slices, ...rest]);
      return [found.slice(0, carries), found.slice(carries)];
    };
    const [last, ys] = scan(step, inputs.slice(0, carries), { xs }) as [Tensor[], Tensor[]];
    return [...last, ...ys.map((y, k) => moveaxis(turned(y, resultDirections[k]), 0, resultAxes[k]))];
  }
}
