import { fail } from '../../base/errors.ts';
import { currentTrace, currentWatcher, isYounger, type Variable, watchedBy } from '../../tensor/index.ts';
import { layersInCall } from './call-context.ts';
import type { AnyLayer } from './layer.ts';
import { flattenLayers, isClaimed, variablesOf } from './tracking.ts';
import { makerOf } from './weights.ts';

/** Layers whose call has been checked, for inference and for training. */
const checked = { inference: new WeakSet<AnyLayer>(), training: new WeakSet<AnyLayer>() };

/** Weights used by a layer's call that it does not hold, though something else may; and the calls that used them. */
const strangers = new WeakMap<AnyLayer, Map<Variable, readonly AnyLayer[]>>();

/**
 * Runs the outermost call of a layer and refuses weights that it uses but that cannot be found: those in a private
 * field, a closure, or an object of a user's own class. They would be neither trained nor saved. A weight is certainly
 * lost if it was created during this very call, so that nobody else has it; or if it is trainable, no layer is known to
 * hold it, and it was created after the layer that uses it (in its constructor), or is used by a training step.
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
  for (const v of variablesOf(layer)) readers.delete(v);
  for (const [variable, calls] of readers) {
    const isNew = made.has(variable) && (variable.trainable || makerOf(variable) !== undefined);
    if (isNew) refuse(layer, variable, calls);
    if (!variable.trainable || isHeld(variable)) readers.delete(variable);
    else if (isTraining || isYounger(variable, userOf(layer, variable, calls))) refuse(layer, variable, calls);
  }
  if (readers.size > 0) strangers.set(layer, readers);
  done.add(layer);
  return result;
}

/** Refuses to save a model if a weight would be missing because no layer holds it. */
export function refuseUnsaved(model: AnyLayer): void {
  const found = new Set(variablesOf(model));
  for (const layer of flattenLayers(model))
    for (const [variable, calls] of strangers.get(layer) ?? [])
      if (variable.trainable && !found.has(variable) && !isHeld(variable)) refuse(layer, variable, calls);
}

const isHeld = (v: Variable): boolean => {
  const maker = makerOf(v);
  return isClaimed(v) || (maker !== undefined && isClaimed(maker));
};
/** The innermost layer that uses a variable without holding it. */
const userOf = (root: AnyLayer, variable: Variable, calls: readonly AnyLayer[]): AnyLayer =>
  calls.findLast((layer) => !variablesOf(layer).includes(variable)) ?? root;

function refuse(root: AnyLayer, variable: Variable, calls: readonly AnyLayer[]): never {
  const maker = makerOf(variable);
  const what = maker
    ? `${maker.className} "${maker.name}" (variable "${variable.path}")`
    : `variable "${variable.path}"`;
  return fail(
    userOf(root, variable, calls),
    `its call uses ${what}, which is not among its attributes: it would be neither trained nor saved`,
    'keep it as an attribute (this.x = …; lists, maps, sets and plain objects are searched), not in a #private field, a closure or an object of a class of your own',
  );
}
