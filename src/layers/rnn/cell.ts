import type { Resolved } from '../../base/field/field.ts';
import { range, type Shape } from '../../base/shape.ts';
import { concatenate, matmul, multiply, onesLike, split, zeros } from '../../ops/index.ts';
import { dropout, type SeedGenerator } from '../../random/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { AnyLayer, WeightOptions } from '../layer/layer.ts';
import type { cellWeightFields } from './fields.ts';

/** A state, or a list of them, in the form in which a cell keeps it. */
export type States = Tensor | readonly States[];
/** Size of each state, in the same form. */
export type StateSize = number | readonly StateSize[];

/**
 * One step of a recurrence: `cell(inputs, states, { training })` gives `[output, states]`. `stateSize` says how large the states
 * are. Any layer with these members is a cell.
 */
export interface Cell extends AnyLayer {
  readonly stateSize: StateSize;
  readonly outputSize?: number;
  /** The states before the first step; zeros by default. */
  getInitialState?(batchSize: number): States;
}
/** What the library's cells tell recurrences: symbols, so that attributes of a user's cell may have any name. */
export const project: unique symbol = Symbol('project');
export const step: unique symbol = Symbol('step');
export const gateCount: unique symbol = Symbol('gateCount');
export const gatesDropAlone: unique symbol = Symbol('gatesDropAlone');
export const sequenceStep: unique symbol = Symbol('sequenceStep');

/**
 * A cell whose step has a part that does not depend on the states, so that it can be computed for all steps at once:
 * `step(project(x), states)`. Its first state is its output.
 */
export interface ProjectingCell extends Cell {
  /** `keep`: the pattern of inputs that dropout keeps while training. */
  [project](x: Tensor, keep?: Keep): Tensor;
  [step](projected: Tensor, states: readonly Tensor[], keep?: Keep): [Tensor, Tensor[]];
  /** How many gates (and candidates) the columns of its weights belong to. */
  readonly [gateCount]: number;
  /** Whether each gate has patterns of its own when inputs alone are dropped. */
  readonly [gatesDropAlone]?: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seedGenerator: SeedGenerator;
}
/** Patterns of kept (and scaled) elements: one for all gates, or one for each. */
export type Keep = readonly Tensor[] | undefined;
/** One step, with fixed random patterns. */
export type Step = (x: Tensor, states: States) => [output: Tensor, states: States];
/** A cell that makes the step itself for a whole sequence, so that what it draws is the same at every step. */
interface SequenceCell {
  [sequenceStep](first: Tensor, states: States, training: boolean): Step;
}
/** Whether a cell has such a member, and the `call` that goes with it: a subclass with its own `call` is called. */
function has(cell: Cell, member: symbol): boolean {
  let owner: object | null = cell;
  while (owner && !Object.hasOwn(owner, member)) {
    if (Object.hasOwn(owner, 'call')) return false;
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return owner !== null;
}
const makesSequenceStep = (cell: Cell): cell is Cell & SequenceCell => has(cell, sequenceStep);
export const isProjecting = (cell: Cell): cell is ProjectingCell => has(cell, project);

/** Zeros for each state. */
export const zeroStates = (size: StateSize, batchSize: number): States =>
  typeof size === 'number' ? zeros([batchSize, size]) : size.map((s) => zeroStates(s, batchSize));
/** The states before the first step. */
export const initialStatesOf = (cell: Cell, batchSize: number): States =>
  cell.getInitialState?.(batchSize) ?? zeroStates(cell.stateSize, batchSize);

/** Options of a cell's call. */
export type CellOptions = Pick<CallOptions, 'training'>;

/** As in Keras, each gate has patterns of its own when states are dropped; they share one when only inputs are. */
const drawKeep = (x: Tensor, rate: number, cell: ProjectingCell): Keep =>
  rate > 0
    ? range(cell.recurrentDropout > 0 || cell[gatesDropAlone] ? cell[gateCount] : 1).map(() =>
        dropout(onesLike(x), rate, { seed: cell.seedGenerator }),
      )
    : undefined;
/** `x · weights`, for the columns of each gate with its own pattern of kept elements. */
export function gatedProduct(x: Tensor, weights: Variable | Tensor, keep: Keep): Tensor {
  if (!keep) return matmul(x, weights);
  if (keep.length === 1) return matmul(multiply(x, keep[0]), weights);
  const columns = split(weights, keep.length, { axis: -1 });
  return concatenate(
    keep.map((kept, k) => matmul(multiply(x, kept), columns[k])),
    { axis: -1 },
  );
}

/** What a cell's call does: both parts of the step, with dropout drawn for this one step. */
export function callCell(
  cell: ProjectingCell,
  inputs: Tensor,
  states: States,
  { training = false }: CellOptions,
): [Tensor, Tensor[]] {
  const list = (Array.isArray(states) ? states : [states]) as readonly Tensor[];
  const begun = beginProjecting(cell, inputs, list, training, training);
  return begun.step(cell[project](inputs, begun.keep), list) as [Tensor, Tensor[]];
}

/** The step of a cell for a whole sequence, of which `first` is the first input. */
export function beginSequence(cell: Cell, first: Tensor, initial: States, training: boolean): Step {
  if (makesSequenceStep(cell)) return cell[sequenceStep](first, initial, training);
  if (isProjecting(cell)) {
    const begun = beginProjecting(cell, first, initial, training);
    return (x, states) => begun.step(cell[project](x, begun.keep), states);
  }
  const call = cell as (x: Tensor, states: States, options: CellOptions) => [Tensor, States];
  return (x, states) => call(x, states, { training });
}
/**
 * The patterns of kept inputs, and the part of the step that follows `project`. As in Keras, a sequence draws patterns in
 * inference too, where nothing is dropped: the seeds that follow are the same.
 */
export function beginProjecting(
  cell: ProjectingCell,
  first: Tensor,
  initial: States,
  training: boolean,
  draws = true,
): { keep: Keep; step: Step } {
  const [state] = initial as readonly Tensor[];
  const drawn = draws ? [drawKeep(first, cell.dropout, cell), drawKeep(state, cell.recurrentDropout, cell)] : [];
  const [keep, recurrentKeep] = training ? drawn : [];
  return { keep, step: (projected, states) => cell[step](projected, states as readonly Tensor[], recurrentKeep) };
}

interface Weighted extends Resolved<typeof cellWeightFields>, Pick<AnyLayer, 'addWeight'> {
  kernel: Variable;
  recurrentKernel: Variable;
  bias: Variable | null;
}
/** The weights of a cell. */
export function buildCell(
  cell: Weighted,
  { kernel, recurrent, bias }: { readonly kernel: Shape; readonly recurrent: Shape; readonly bias: Shape },
  biasInitializer: WeightOptions['initializer'] = cell.biasInitializer,
): void {
  cell.kernel = cell.addWeight({
    name: 'kernel',
    shape: kernel,
    initializer: cell.kernelInitializer,
    regularizer: cell.kernelRegularizer,
    constraint: cell.kernelConstraint,
  });
  cell.recurrentKernel = cell.addWeight({
    name: 'recurrent_kernel',
    shape: recurrent,
    initializer: cell.recurrentInitializer,
    regularizer: cell.recurrentRegularizer,
    constraint: cell.recurrentConstraint,
  });
  if (!cell.useBias) return;
  cell.bias = cell.addWeight({
    name: 'bias',
    shape: bias,
    ...(biasInitializer && { initializer: biasInitializer }),
    regularizer: cell.biasRegularizer,
    constraint: cell.biasConstraint,
  });
}
