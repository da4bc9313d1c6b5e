import { fail } from '../base/errors.ts';
import { currentTrace, currentWatcher, type Variable, watchedBy } from '../tensor/index.ts';
import { layersInCall } from './call-context.ts';
import type { AnyLayer } from './layer.ts';
import { isClaimed, variablesOf } from './tracking.ts';
import { makerOf } from './weights.ts';

/** Layers whose call was looked at, for inference and for training. */
const checked = { inference: new WeakSet<AnyLayer>(), training: new WeakSet<AnyLayer>() };

/**
 * Runs the outermost call of a layer and refuses a weight that it uses and nobody can find: one behind a private field, in a
 * closure, in an object of the user's own class. It would be neither trained nor saved. What is certain: it was made during
 * this very call, so that nobody else has it; or it is trainable, a training step uses it, and no layer holds it.
 */
export function refusingStrangers<R>(layer: AnyLayer, f: () => R, { isTraining = false } = {}): R {
  const done = isTraining ? checked.training : checked.inference;
  if (currentWatcher() || layersInCall().length > 0 || (done.has(layer) && !currentTrace())) return f();
  const made = new Set<Variable>();
  const readers = new Map<Variable, readonly AnyLayer[]>();
  const result = watchedBy(
    {
      made: (v) => made.add(v),
      read: (v) => {
        if (!readers.has(v)) readers.set(v, layersInCall());
      },
    },
    f,
  );
  const found = new Set(variablesOf(layer));
  for (const [variable, calls] of readers) {
    if (found.has(variable)) continue;
    const isNew = made.has(variable) && (variable.trainable || makerOf(variable) !== undefined);
    const isLost = isNew || (isTraining && variable.trainable && !isHeld(variable));
    if (isLost) refuse(layer, variable, calls);
  }
  done.add(layer);
  return result;
}

const isHeld = (v: Variable): boolean => {
  const maker = makerOf(v);
  return isClaimed(v) || (maker !== undefined && isClaimed(maker));
};

function refuse(root: AnyLayer, variable: Variable, calls: readonly AnyLayer[]): never {
  // The innermost layer that uses it without holding it.
  const user = calls.findLast((layer) => !variablesOf(layer).includes(variable)) ?? root;
  const maker = makerOf(variable);
  const what = maker
    ? `${maker.className} "${maker.name}" (variable "${variable.path}")`
    : `variable "${variable.path}"`;
  return fail(
    user,
    `its call uses ${what}, which is not among its attributes: it would be neither trained nor saved`,
    'keep it as an attribute (this.x = …; lists, maps, sets and plain objects are searched), not in a #private field, a closure or an object of a class of your own',
  );
}
