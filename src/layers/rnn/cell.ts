import type { Resolved } from '../../base/field.ts';
import type { Shape } from '../../base/shape.ts';
import { multiply, onesLike, zeros } from '../../ops/index.ts';
import { dropout, type SeedGenerator } from '../../random/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../call-context.ts';
import type { AnyLayer, WeightOptions } from '../layer.ts';
import type { cellWeightFields } from './fields.ts';

/** A state, or a list of them, in the form in which a cell keeps it. */
export type States = Tensor | readonly States[];
/** Size of each state, in the same form. */
export type StateSize = number | readonly StateSize[];

/**
 * One step of a recurrence: `cell(inputs, states, { training })` gives `[output, states]`. `stateSize` says how large the states
 * are. A layer of one's own with these is a cell.
 */
export interface Cell extends AnyLayer {
  readonly stateSize: StateSize;
  readonly outputSize?: number;
  /** The states before the first step; zeros when absent. */
  getInitialState?(batchSize: number): States;
}
/**
 * A cell whose step has a part that does not depend on the states, so that it can be computed for all steps at once:
 * `step(project(x), states)`. Its first state is its output.
 */
export interface ProjectingCell extends Cell {
  project(x: Tensor): Tensor;
  step(projected: Tensor, states: readonly Tensor[], keep: Tensor | undefined): [Tensor, Tensor[]];
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seedGenerator: SeedGenerator;
}
/** One step with what is drawn fixed. */
export type Step = (x: Tensor, states: States) => [output: Tensor, states: States];
/** A cell that makes the step itself for a whole sequence, so that what it draws is the same at every step. */
interface Beginning {
  beginSequence(first: Tensor, states: States, training: boolean): Step;
}
export const isProjecting = (cell: Cell): cell is ProjectingCell =>
  typeof (cell as Partial<ProjectingCell>).project === 'function';

/** Zeros for each state. */
export const zeroStates = (size: StateSize, batchSize: number): States =>
  typeof size === 'number' ? zeros([batchSize, size]) : size.map((s) => zeroStates(s, batchSize));
/** The states before the first step. */
export const initialStatesOf = (cell: Cell, batchSize: number): States =>
  cell.getInitialState?.(batchSize) ?? zeroStates(cell.stateSize, batchSize);

/** Options of a cell's call. */
export type CellOptions = Pick<CallOptions, 'training'>;

/** A pattern of kept (and scaled) elements in the form of `x`; nothing when none are dropped. */
export const drawKeep = (x: Tensor, rate: number, seed: SeedGenerator, training: boolean): Tensor | undefined =>
  training && rate > 0 ? dropout(onesLike(x), rate, { seed }) : undefined;

/** What a cell's call does: both parts of the step, with dropout drawn for this one step. */
export function callCell(
  cell: ProjectingCell,
  inputs: Tensor,
  states: States,
  { training = false }: CellOptions,
): [Tensor, Tensor[]] {
  const list = (Array.isArray(states) ? states : [states]) as readonly Tensor[];
  return beginSequence(cell, inputs, list, training)(inputs, list) as [Tensor, Tensor[]];
}

/** The step of a cell for a whole sequence, of which `first` is the first input. */
export function beginSequence(cell: Cell, first: Tensor, initial: States, training: boolean): Step {
  if (typeof (cell as unknown as Partial<Beginning>).beginSequence === 'function')
    return (cell as unknown as Beginning).beginSequence(first, initial, training);
  if (isProjecting(cell)) {
    const { keep, step } = beginProjecting(cell, first, initial, training);
    return (x, states) => step(cell.project(keep ? multiply(x, keep) : x), states);
  }
  const call = cell as unknown as (x: Tensor, states: States, options: CellOptions) => [Tensor, States];
  return (x, states) => call(x, states, { training });
}
/** The pattern of kept inputs, and the part of the step that follows `project`. */
export function beginProjecting(
  cell: ProjectingCell,
  first: Tensor,
  initial: States,
  training: boolean,
): { keep: Tensor | undefined; step: Step } {
  const [state] = initial as readonly Tensor[];
  const keep = drawKeep(first, cell.dropout, cell.seedGenerator, training);
  const recurrentKeep = drawKeep(state!, cell.recurrentDropout, cell.seedGenerator, training);
  return { keep, step: (projected, states) => cell.step(projected, states as readonly Tensor[], recurrentKeep) };
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
