import { fail, type Named } from '../base/errors.ts';
import { isPlainObject } from '../base/tree.ts';
import { isHostMetric } from '../metrics/metric.ts';
import { asTensor, type Like, Tensor } from '../tensor/index.ts';
import type { CallbackLogs } from './callbacks/callback.ts';
import type { LoggedMetric } from './compile-metrics.ts';

/** Running loss and metrics, on the device. */
export type Logs = Readonly<Record<string, Tensor>>;
/** Loss and metrics: a number if there is only the loss, otherwise a list, or an object by name. */
export type Results = number | any[] | CallbackLogs;

/** The results of a model's step, as tensors for the logs. */
export function asLogs(model: Named, what: string, given: unknown): Logs {
  const cure = 'return this.getMetricsResult(), or numbers by name, e.g. { loss: this.tracker.result() }';
  if (given instanceof Promise) fail(model, `${what} gave a promise`, 'write it without async: it is compiled');
  if (!isPlainObject(given)) return fail(model, `${what} gave ${showGiven(given)} instead of logs`, cure);
  const logs: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(given))
    if (value === null || value === undefined) fail(model, `${what} gave no value for "${name}"`, cure);
    else Object.assign(logs, isPlainObject(value) ? asLogs(model, what, value) : { [name]: asTensor(value as Like) });
  return logs;
}
const showGiven = (x: unknown): string =>
  x instanceof Tensor ? 'a tensor' : typeof x === 'object' && x !== null ? `a ${x.constructor.name}` : String(x);

/** Current values of the metrics that live on the device. */
export function deviceLogs(metrics: readonly LoggedMetric[]): Logs {
  const logs: Record<string, Tensor> = {};
  for (const [name, metric] of metrics) {
    if (isHostMetric(metric)) continue;
    const value: unknown = metric.result();
    if (isPlainObject(value)) for (const [key, x] of Object.entries(value)) logs[key] = asTensor(x as Like);
    else logs[name] = asTensor(value as Like);
  }
  return logs;
}

/**
 * The numbers in running logs, host metrics included, sorted by name as Keras shows them. Vectors are lists of numbers.
 */
export async function readLogs(logs: Logs, metrics: readonly LoggedMetric[]): Promise<CallbackLogs> {
  const numbers: CallbackLogs = {};
  for (const [name, t] of Object.entries(logs)) numbers[name] = await numbersOf(t);
  for (const [name, metric] of metrics) {
    if (!isHostMetric(metric)) continue;
    const value: unknown = await metric.result();
    if (value instanceof Tensor) numbers[name] = await numbersOf(value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.assign(numbers, value);
    else numbers[name] = value;
  }
  return Object.fromEntries(Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1)));
}
const numbersOf = (t: Tensor): Promise<unknown> => (t.shape.length === 0 ? t.item() : t.array());

/** Results as Keras returns them: the loss alone, a list in the order of the names, or an object by name. */
export function present(numbers: CallbackLogs, order: readonly string[], returnDict = false): Results {
  if (returnDict) return numbers;
  const names = [...order.filter((name) => name in numbers), ...Object.keys(numbers).filter((n) => !order.includes(n))];
  const list = names.map((name) => numbers[name]);
  return list.length === 1 ? list[0] : list;
}
