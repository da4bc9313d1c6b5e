import type { DType } from '../base/dtype.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { madeAtOnce } from '../ops/at-once.ts';
import { repeatable, tensor, Variable } from '../tensor/index.ts';

/** A variable that an optimizer keeps for each variable it trains: its name, and its form and initial value if it is not zeros of the same form. */
export type Slot = string | SlotOptions;
interface SlotOptions {
  /** Name of the slot. */
  readonly name: string;
  /** Name of the variable, if it is not the path of the trained one with the slot's name. */
  readonly path?: string;
  /** Shape; that of the weight by default. */
  readonly shape?: Shape;
  /** Data type; that of the weight by default. */
  readonly dtype?: 'int32';
  /** Its initial value: a number for all elements, or a tensor. */
  readonly initial?: number | Tensor;
}
/** The slots of one variable by their names. */
export type SlotsByName = Readonly<Record<string, Variable>>;
type Form = Pick<Variable, 'shape' | 'dtype'>;
/** Makes a variable of the optimizer's own. */
export type Track = (name: string, form: Form, initial?: number | Tensor) => Variable;

/** The name of what stands beside a variable. */
export const nameBeside = ({ path }: Variable, name: string): string => `${path.replaceAll('/', '_')}_${name}`;

/** The initial value of most slots, created when first read. */
const zerosLater = /* @__PURE__ */ repeatable((shape: Shape, { dtype }: { dtype: DType }) =>
  madeAtOnce(shape, dtype, 0),
);

/** A variable of an optimizer's own: zeros, a number everywhere, or a tensor. */
export function ownVariable(name: string, { shape, dtype }: Form, initial: number | Tensor | undefined): Variable {
  const options = { name, trainable: false };
  if (initial === undefined) return new Variable(zerosLater, { ...options, shape, dtype });
  if (typeof initial === 'object') return new Variable(initial, options);
  return new Variable(tensor(new Float32Array(sizeOf(shape)).fill(initial), { shape, dtype }), options);
}

/** Makes the slots of variables in rounds: all variables get those of one round before any gets those of the next. */
export function makeSlots(
  variables: readonly Variable[],
  slotsOf: (variable: Variable) => readonly (readonly Slot[])[],
  track: Track,
): Map<Variable, SlotsByName> {
  const wanted = variables.map((variable) => {
    const slots: Record<string, Variable> = {};
    return { variable, rounds: slotsOf(variable), slots };
  });
  for (let k = 0; wanted.some(({ rounds }) => k < rounds.length); k++)
    for (const { variable, rounds, slots } of wanted)
      for (const slot of rounds[k] ?? []) {
        const { name, path, shape, dtype, initial }: SlotOptions = typeof slot === 'string' ? { name: slot } : slot;
        const form = { shape: shape ?? variable.shape, dtype: dtype ?? variable.dtype };
        slots[name] = track(path ?? nameBeside(variable, name), form, initial);
      }
  return new Map(wanted.map(({ variable, slots }) => [variable, slots]));
}
