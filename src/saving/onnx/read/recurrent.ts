import { range } from '../../../base/shape.ts';
import { KerasTensor, type Tensor } from '../../../tensor/index.ts';
import { allZero } from './context.ts';
import { plainly, type Rule } from './layers.ts';
import { elementsOf, layer, ops, type Value } from './value.ts';

/** Rows of a weight for each gate, in the order in which Keras has the gates; transposed as Keras has it. */
function gates(w: Tensor, units: number, order: readonly number[]): Tensor {
  const parts = order.map((gate) => ops['getItem'](w, [{ slice: [gate * units, (gate + 1) * units] }]));
  const joined = ops['concatenate'](parts, { axis: 0 });
  return joined.shape.length === 1 ? joined : ops['transpose'](joined);
}
const part = (t: Tensor, k: number): Tensor => ops['getItem'](t, [k]);

interface Kind {
  readonly className: string;
  /** Keras's gates in the order of ONNX's. */
  readonly order: readonly number[];
  readonly activations: readonly string[];
  readonly states: number;
}
const kinds: Readonly<Record<string, Kind>> = {
  LSTM: { className: 'LSTM', order: [0, 2, 3, 1], activations: ['sigmoid', 'tanh', 'tanh'], states: 2 },
  GRU: { className: 'GRU', order: [0, 1, 2], activations: ['sigmoid', 'tanh'], states: 1 },
  RNN: { className: 'SimpleRNN', order: [0], activations: ['tanh'], states: 1 },
};

/** Sequences `[time, batch, features]`, forwards, backwards or both ways, each way a layer of Keras. */
const recurrent: Rule = (c) => {
  const { className, order, activations, states } = kinds[c.node.opType];
  const direction = c.text('direction', 'forward');
  const ways = direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
  const units = c.number('hidden_size', 0);
  if (c.number('layout', 0) !== 0 || c.node.attributes.has('clip') || c.number('input_forget', 0) !== 0)
    return c.refuse('has a layout, a clip or coupled gates');
  const given = c.node.attributes.get('activations');
  if (
    Array.isArray(given) &&
    given.some((name, k) => String(name).toLowerCase() !== activations[k % activations.length])
  )
    return c.refuse(`has the activations ${given.join(', ')}`);
  if (c.has(4)) return c.refuse('is told the lengths of sequences');
  const [w, r] = [c.constant(1), c.constant(2)];
  const x = ops['transpose'](c.tensor(0), { axes: [1, 0, 2] });
  const first = [5, 6].slice(0, states).map((k) => (c.has(k) ? c.tensor(k) : undefined));
  const hasStates = first.some((t) => t !== undefined && !allZero.has(t) && !isZero(t));
  const name = c.name();
  const results = ways.map((goBackwards, k): Tensor[] => {
    const resetAfter = c.number('linear_before_reset', 0) === 1;
    const config = {
      units,
      returnSequences: true,
      returnState: true,
      goBackwards,
      name: ways.length > 1 ? `${name}_${goBackwards ? 'backward' : 'forward'}` : name,
      useBias: c.has(3),
      ...(className === 'GRU' && { resetAfter }),
    };
    const made = layer(className, config);
    const initial = hasStates ? first.map((t) => part(t ?? c.refuse('has one state of two'), k)) : undefined;
    const [y, ...last] = made(x, ...(initial ? [{ initialState: initial }] : [])) as Tensor[];
    const biases = c.has(3) ? biasOf(part(c.constant(3), k), units, order, className === 'GRU' && resetAfter) : [];
    made.setWeights([gates(part(w, k), units, order), gates(part(r, k), units, order), ...biases] as Tensor[]);
    return [goBackwards ? ops['flip'](y, { axis: 1 }) : y, ...last];
  });
  const sequences = results.map(([y]) => ops['expandDims'](ops['transpose'](y, { axes: [1, 0, 2] }), 1));
  const ends = range(states).map((s) => results.map((way) => ops['expandDims'](way[s + 1], 0)));
  const join = (list: readonly Tensor[], axis: number): Value =>
    plainly(list.length === 1 ? list[0] : ops['concatenate'](list, { axis }));
  return [join(sequences, 1), ...ends.map((list) => join(list, 0))];
};
/** Both biases of a way: together, or one behind the other where Keras keeps them apart. */
function biasOf(both: Tensor, units: number, order: readonly number[], isApart: boolean): Tensor[] {
  const half = order.length * units;
  const [own, again] = [0, 1].map((k) =>
    gates(ops['getItem'](both, [{ slice: [k * half, (k + 1) * half] }]), units, order),
  );
  return [isApart ? ops['stack']([own, again], { axis: 0 }) : ops['add'](own, again)];
}
const isZero = (t: Tensor): boolean => !(t instanceof KerasTensor) && Array.from(elementsOf(t)).every((n) => n === 0);

export const recurrentRules: Readonly<Record<string, Rule>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
