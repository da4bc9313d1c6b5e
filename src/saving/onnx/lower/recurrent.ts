import { serialize } from '../../../activations/index.ts';
import { range } from '../../../base/shape.ts';
import type { Tensor } from '../../../ir/tensor.ts';
import { GRUCell } from '../../../layers/rnn/gru-cell.ts';
import { LSTMCell } from '../../../layers/rnn/lstm-cell.ts';
import type { NotedRecurrence, Way } from '../../../layers/rnn/recurrence.ts';
import { SimpleRNNCell } from '../../../layers/rnn/simple-rnn-cell.ts';
import { tensorsIn } from '../../../tensor/index.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { type Layout, plain, sameLayout } from '../layout.ts';
import { addForm, inLayout } from '../values.ts';
import type { LowerNote, Work } from '../work.ts';

type KnownCell = LSTMCell | GRUCell | SimpleRNNCell;
interface Operator {
  readonly opType: 'LSTM' | 'GRU' | 'RNN';
  /** The gates of the operator in Keras's order of them. */
  readonly gates: readonly number[];
  readonly states: number;
}
const operators = new Map<unknown, Operator>([
  [LSTMCell, { opType: 'LSTM', gates: [0, 3, 1, 2], states: 2 }],
  [GRUCell, { opType: 'GRU', gates: [0, 1, 2], states: 1 }],
  [SimpleRNNCell, { opType: 'RNN', gates: [0], states: 1 }],
]);

/** An activation as the operators name it, with its numbers. */
interface Activation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}
const activations: Readonly<Record<string, Activation>> = {
  relu: { name: 'Relu' },
  tanh: { name: 'Tanh' },
  sigmoid: { name: 'Sigmoid' },
  hard_sigmoid: { name: 'HardSigmoid', alpha: 1 / 6, beta: 0.5 },
  keras2_hard_sigmoid: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  softsign: { name: 'Softsign' },
  softplus: { name: 'Softplus' },
  elu: { name: 'Elu', alpha: 1 },
  linear: { name: 'Affine', alpha: 1, beta: 0 },
};
function activationOf(f: unknown): Activation | undefined {
  try {
    const written = serialize(f) as string | { readonly config?: unknown };
    const name = typeof written === 'string' ? written : written.config;
    return typeof name === 'string' && Object.hasOwn(activations, name) ? activations[name] : undefined;
  } catch {
    return undefined;
  }
}
/** What the operator applies, in its order. */
const activationsOf = (cell: KnownCell): (Activation | undefined)[] => {
  if (cell instanceof SimpleRNNCell) return [activationOf(cell.activation)];
  const [gate, own] = [activationOf(cell.recurrentActivation), activationOf(cell.activation)];
  return cell instanceof LSTMCell ? [gate, own, own] : [gate, own];
};
const isResetAfter = ({ cell }: Way): boolean => cell instanceof GRUCell && cell.resetAfter;

/**
 * LSTM, GRU and SimpleRNN, in one or both directions, as the operators of these names. Masked calls are written as
 * Scan.
 */
export const recurrence: LowerNote = {
  takes: ([{ sequences, ways, mask }]: readonly [NotedRecurrence], isConstant) => {
    const [first] = ways;
    const fits = (way: Way): boolean => {
      const cell = way.cell as KnownCell;
      return (
        way.cell.constructor === first.cell.constructor &&
        cell.units === (first.cell as KnownCell).units &&
        isResetAfter(way) === isResetAfter(first) &&
        activationsOf(cell).every((a) => a !== undefined) &&
        tensorsIn(way.weights).every((w) => w.dtype === 'float32' && isConstant(w))
      );
    };
    return (
      !mask &&
      sequences.dtype === 'float32' &&
      sequences.shape.length === 3 &&
      operators.has(first.cell.constructor) &&
      (ways.length === 1 || (!ways[0].goBackwards && ways[1].goBackwards)) &&
      ways.every(fits)
    );
  },
  write: (work: Work<readonly any[]>) => {
    const { e } = work;
    const { ways, returnSequences } = work.attrs[0] as NotedRecurrence;
    const { opType, gates, states } = operators.get(ways[0].cell.constructor)!;
    const { units } = ways[0].cell as KnownCell;
    const [x, ...given] = valuesOf(work);
    const found = ways.map(() => {
      const [kernel, recurrent, bias] = given.splice(0, 3);
      return { weights: [kernel!, recurrent!] as const, bias, initial: given.splice(0, 2) };
    });
    const inputs = [inLayout(e, x!, [[1], [0], [2]])];
    for (const k of [0, 1])
      inputs.push(
        matrices(
          e,
          found.map(({ weights }) => weights[k]),
          gates,
        ),
      );
    inputs.push(
      biases(
        e,
        found.map(({ bias }) => bias),
        gates,
        units,
        isResetAfter(ways[0]),
      ),
    );
    inputs.push('');
    for (const k of range(states))
      inputs.push(
        stateOf(
          e,
          found.map(({ initial }) => initial[k]),
          x!,
          units,
        ),
      );
    while (inputs.at(-1) === '') inputs.pop();
    const used = ways.flatMap(({ cell }) => activationsOf(cell as KnownCell) as Activation[]);
    const numbers = (key: 'alpha' | 'beta') => {
      const floats = used.flatMap((a) => a[key] ?? []);
      return floats.length > 0 ? { floats } : undefined;
    };
    const names = e.nodes(
      opType,
      inputs,
      {
        hidden_size: units,
        direction: ways.length > 1 ? 'bidirectional' : ways[0].goBackwards ? 'reverse' : 'forward',
        activations: used.map(({ name }) => name),
        activation_alpha: numbers('alpha'),
        activation_beta: numbers('beta'),
        ...(opType === 'GRU' && { linear_before_reset: isResetAfter(ways[0]) ? 1 : 0 }),
      },
      1 + states,
    );
    return resultsOf(work, names, ways, returnSequences);
  },
};

/** The arrays that a call was given, with gaps where it was given none: the sequences; weights and states of each way. */
function valuesOf({ attrs, inputs }: Work<readonly any[]>): (Value | undefined)[] {
  const { ways } = attrs[0] as NotedRecurrence;
  const rest = [...inputs];
  const next = (x: unknown): Value | undefined => (x ? rest.shift() : undefined);
  const sequences = rest.shift();
  return [
    sequences,
    ...ways.flatMap(({ weights, initial }) => {
      const states = (tensorsIn(initial ?? []) as (Tensor | undefined)[]).concat([undefined, undefined]).slice(0, 2);
      return [...range(3).map((k) => next(weights[k])), ...states.map(next)];
    }),
  ];
}

/** The numbers of a weight, which are known when all is written. */
function numbersOf({ constant, sizes }: Value): () => ArrayLike<number> {
  if (!constant || !sameLayout(constant.layout, plain(sizes))) return refuse('its weights are no constants');
  return constant.data as () => ArrayLike<number>;
}
/** Matrices `[c, gates · units]` of each way as `[ways, gates · units, c]`, the gates in the operator's order. */
function matrices(e: Emitter, list: readonly Value[], gates: readonly number[]): string {
  const [{ constant, sizes }] = list;
  const [rows, columns] = sizes.map((size) => size[0]);
  const units = columns / gates.length;
  const read = list.map(numbersOf);
  return e.array(constant!.name, 'float32', [list.length, columns, rows], () => {
    const y = new Float32Array(list.length * columns * rows);
    let at = 0;
    for (const numbers of read.map((f) => f()))
      for (const gate of gates)
        for (let u = 0; u < units; u++)
          for (let c = 0; c < rows; c++) y[at++] = numbers[c * columns + gate * units + u];
    return y;
  });
}
/** Biases of each way, `[ways, 2 · gates · units]`: those of the inputs, then those of the states, which most cells do not have. */
function biases(
  e: Emitter,
  list: readonly (Value | undefined)[],
  gates: readonly number[],
  units: number,
  isApart: boolean,
): string {
  const name = list.find((v) => v)?.constant?.name;
  if (name === undefined) return '';
  const width = gates.length * units;
  const read = list.map((value) => value && numbersOf(value));
  return e.array(name, 'float32', [list.length, 2 * width], () => {
    const y = new Float32Array(list.length * 2 * width);
    read.forEach((f, way) => {
      const numbers = f?.() ?? [];
      for (const half of isApart ? [0, 1] : [0])
        gates.forEach((gate, k) => {
          for (let u = 0; u < units; u++)
            y[way * 2 * width + half * width + k * units + u] = numbers[half * width + gate * units + u] ?? 0;
        });
    });
    return y;
  });
}
/** The states before the first step, `[ways, n, units]`: none where they are zeros. */
function stateOf(e: Emitter, list: readonly (Value | undefined)[], x: Value, units: number): string {
  if (list.every((value) => !value || isZero(value))) return '';
  const size = e.recordings;
  const zeros = (): Value => ({ dtype: 'float32', sizes: [x.sizes[0], Array(size).fill(units)], forms: [], fill: 0 });
  const names = list.map((value) => inLayout(e, value ?? zeros(), [[], [0], [1]]));
  return names.length === 1 ? names[0] : e.node('Concat', names, { axis: 0 });
}
const isZero = ({ fill, spread }: Value): boolean => fill === 0 || (spread !== undefined && isZero(spread.source));

/** Outputs and states of each way, as the call gave them: `names` are `[t, ways, n, units]` and `[ways, n, units]`. */
function resultsOf(
  work: Work,
  [all, ...last]: readonly string[],
  ways: readonly Way[],
  returnSequences: boolean,
): readonly Value[] {
  const { e } = work;
  const split = (name: string, axis: number): readonly string[] =>
    ways.length === 1
      ? [name]
      : e.nodes('Split', [name], { axis, ...(e.opset >= 18 && { num_outputs: ways.length }) }, ways.length);
  const sequences = returnSequences ? split(all, 1) : [];
  const states = last.map((name) => split(name, 0));
  const each = work.results.length / ways.length;
  return work.results.map((result, k) => {
    const [way, n] = [Math.floor(k / each), k % each];
    const value: Value = { ...result, forms: [] };
    const isSequence = n === 0 && returnSequences;
    // A layer that only runs backwards returns outputs in the order of reading; the operator keeps the order of time.
    const ordered =
      isSequence && ways.length === 1 && ways[0].goBackwards
        ? e.node('Slice', [sequences[0], e.ints([-1]), e.ints([toStart]), e.ints([0]), e.ints([-1])])
        : sequences[way];
    const layout: Layout = isSequence ? [[1], [], [0], [2]] : [[], [0], [1]];
    addForm(e, value, isSequence ? ordered : states[Math.max(n - 1, 0)][way], layout);
    return value;
  });
}
const toStart = -(2 ** 31);
