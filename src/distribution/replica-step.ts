import { isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { Batch } from '../data/batches.ts';
import { cast, multiply } from '../ops/index.ts';
import { amongReplicas, currentTrace, type Tensor, type Variable } from '../tensor/index.ts';
import { asLogs, type Logs } from '../training/logs.ts';
import type { Trainable } from '../training/trainable.ts';
import type { StepResult } from '../training/trainer.ts';
import { type Watched, type Weights, watch } from './contributions.ts';
import { dependents, withReplaced } from './dependence.ts';
import { isSeed } from './state.ts';
import { largestOverProcesses, sumOverProcesses } from './sums.ts';

/** The arguments of a rank's step: its part of the batch and the weights of that part. */
export type Given = Omit<Batch, 'recycle' | 'isOwn'> & Weights;

/**
 * A step of a model on a rank's part of a batch that leaves what one on the whole batch would: gradients of variables are
 * sums over the ranks (`gradients` sees to it), metrics and moving statistics are summed at its end, and logs are computed
 * from these sums.
 */
export function replicaStep(
  model: Trainable,
  variables: readonly Variable[],
  { share, keeps, ...batch }: Given,
  step: (batch: Omit<Given, keyof Weights>) => StepResult,
): StepResult {
  return amongReplicas({ share, sum: sumOverProcesses, largest: largestOverProcesses }, () => {
    const watched = watch(variables, { share, keeps });
    const { logs, ...result } = step(batch);
    const trace = currentTrace();
    if (!trace) {
      watched.settle((values) => new Set(values));
      // Without a program nobody knows how logs were computed: metrics are asked again, by their names.
      const known = asLogs(model, 'getMetricsResult', model.getMetricsResult());
      return { ...result, logs: { ...logs, ...means(without(logs, known), share), ...known } };
    }
    // Variables are alike on all ranks when a step begins, but for seeds; arguments are not.
    const alike = new Set([...trace.initial].flatMap(([v, value]) => (isSeed(v) ? [] : [value])));
    const isOwn = (t: Tensor): boolean => !t.equation && !t.storage && !alike.has(t);
    const replaced = watched.settle((values) => dependents(values, isOwn));
    refuseOthers(model, watched, trace.updates, isOwn);
    return { ...result, logs: settledLogs(model, logs, { share, watched, replaced, isOwn }) };
  });
}

/** Refuses variables that each rank would change in its own way. */
function refuseOthers(
  model: Trainable,
  { variables }: Watched,
  updates: ReadonlyMap<Variable, Tensor>,
  isOwn: (t: Tensor) => boolean,
): void {
  const others = [...updates].filter(([v]) => !variables.has(v) && v.aggregation !== 'only_first_replica');
  const own = dependents(
    others.map(([, value]) => value),
    isOwn,
  );
  const [v] = others.find(([, value]) => own.has(value)) ?? [];
  if (v)
    fail(
      model,
      `its step gives "${v.path}" a value that follows from the rows of one process alone, and so another on each`,
      'take gradients by keras.gradients(() => loss, variables), which are summed over processes, rather than by keras.grad; or give a variable that collects something the aggregation "mean" or "sum" and trainable: false',
    );
}

interface Settled {
  readonly share: Tensor;
  readonly watched: Watched;
  readonly replaced: ReadonlyMap<Tensor, Tensor>;
  isOwn(t: Tensor): boolean;
}
/** The logs of the whole batch: what is computed of metrics, of their sums; else means over the ranks. */
function settledLogs(model: Trainable, logs: Logs, { share, watched, replaced, isOwn }: Settled): Logs {
  const names = Object.keys(logs);
  const values = withReplaced(Object.values(logs), replaced);
  const settled = Object.fromEntries(names.map((name, k) => [name, values[k]!]));
  const own = dependents(values, isOwn);
  const begun = dependents([...own], (t) => watched.begun.has(t));
  const differing = Object.fromEntries(Object.entries(settled).filter(([, value]) => own.has(value)));
  const early = names.find((name) => begun.has(settled[name]!));
  if (early !== undefined)
    fail(
      model,
      `its step gives for "${early}" what a metric had before its last update of the step, when each process knew its own rows alone`,
      'update a metric once in a step, and ask for its result afterwards',
    );
  return { ...settled, ...means(differing, share) };
}
const without = (logs: Logs, known: Logs): Logs =>
  Object.fromEntries(Object.entries(logs).filter(([name]) => !(name in known)));

/** Means over the ranks, each with the weight of its rows. */
function means(logs: Logs, share: Tensor): Logs {
  const floats = Object.entries(logs).map(
    ([name, value]) => [name, isFloat(value.dtype) ? value : cast(value, 'float32')] as const,
  );
  const sums = sumOverProcesses(floats.map(([, value]) => multiply(value, cast(share, value.dtype))));
  return Object.fromEntries(floats.map(([name], k) => [name, sums[k]!]));
}
