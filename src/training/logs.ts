import { isPlainObject } from '../base/tree.ts';
import { isHostMetric } from '../metrics/index.ts';
import { asTensor, type Like, Tensor } from '../tensor/index.ts';
import type { CallbackLogs } from './callbacks/callback.ts';
import type { LoggedMetric } from './compile-metrics.ts';

/** Running loss and metrics, still on the device. */
export type Logs = Readonly<Record<string, Tensor>>;
/** Loss and metrics: a number when there is only the loss, else a list, or an object by name. */
export type Results = number | any[] | CallbackLogs;

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

/** Numbers of running logs, sorted by name as Keras shows them; host metrics included. Vectors are lists of numbers. */
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

/** Results as Keras gives them: the loss alone, or a list in the order of the names, or by name. */
export function present(numbers: CallbackLogs, order: readonly string[], returnDict = false): Results {
  if (returnDict) return numbers;
  const names = [...order.filter((name) => name in numbers), ...Object.keys(numbers).filter((n) => !order.includes(n))];
  const list = names.map((name) => numbers[name]);
  return list.length === 1 ? list[0] : list;
}
