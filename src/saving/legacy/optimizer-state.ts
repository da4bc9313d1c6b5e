import { table } from '../../base/table.ts';
import type { Variable } from '../../tensor/index.ts';
import type { StoredWeight } from './stored-weight.ts';

/** What TensorFlow's Keras up to 2.10 called the slots of optimizers, in today's words. */
const slots: Readonly<Record<string, Readonly<Record<string, string>>>> = table({
  Adam: table({ m: 'momentum', v: 'velocity', vhat: 'velocity_hat' }),
  Adamax: table({ m: 'momentum', v: 'norm' }),
  SGD: table({ momentum: 'momentum' }),
  RMSprop: table({ rms: 'velocity', momentum: 'momentum', mg: 'average_gradient' }),
  Adagrad: table({ accumulator: 'accumulator' }),
  Adadelta: table({ accum_grad: 'accumulated_grad', accum_var: 'accumulated_delta_var' }),
  Ftrl: table({ accumulator: 'accumulator', linear: 'linear' }),
});

/**
 * The state of an optimizer of TensorFlow's Keras up to 2.10 in the order of today's variables: it has the count of steps first, no
 * learning rate, and then one kind of slot after the other (`Adam/dense/kernel/m:0`). Nothing where it is no such state. `learningRate`
 * stands where a variable holds it.
 */
export function stateOfKeras2(
  className: string,
  variables: readonly Variable[],
  stored: readonly StoredWeight[],
  learningRate: StoredWeight,
): StoredWeight[] | undefined {
  const names = slots[className];
  const [steps, ...rest] = stored;
  if (!names || !/\/iter(:0)?$/.test(steps?.path ?? '')) return undefined;
  const kinds = new Map<string, StoredWeight[]>();
  for (const each of rest) {
    const slot = names[/([^/]+?)(:0)?$/.exec(each.path)![1]];
    if (slot === undefined) return undefined;
    kinds.set(slot, [...(kinds.get(slot) ?? []), each]);
  }
  // Longer words first: a velocity_hat is no velocity.
  const known = [...kinds.keys()].sort((a, b) => b.length - a.length);
  const found = variables.map(({ name }): StoredWeight | undefined => {
    if (name === 'iteration') return steps;
    if (name === 'learning_rate') return learningRate;
    const slot = known.find((kind) => name.endsWith(`_${kind}`));
    return slot === undefined ? undefined : kinds.get(slot)!.shift();
  });
  const isWhole = found.every((each) => each !== undefined) && [...kinds.values()].every((list) => list.length === 0);
  return isWhole ? (found as StoredWeight[]) : undefined;
}
