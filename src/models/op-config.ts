import { fail } from '../base/errors.ts';
import { optionFromDisk, optionToDisk } from '../base/naming.ts';
import { type Config, isSerializedObject, type SerializedObject, serializeObject } from '../base/serialize.ts';
import * as ops from '../ops/index.ts';
import { OpNode } from '../ops/op.ts';
import { moduleOf, statics } from './op-statics.ts';

const isPlain = (x: unknown): x is Config =>
  typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** Ops by the name of Keras's class: `ExpandDims`. */
const byClass = new Map(
  Object.values(ops as unknown as Record<string, unknown>)
    .filter(
      (f): f is ((...args: unknown[]) => unknown) & { opName: string } =>
        typeof f === 'function' && typeof (f as { opName?: unknown }).opName === 'string',
    )
    .map((f) => [f.opName.replace(/^./, (c) => c.toUpperCase()), f]),
);
export const isOpClass = ({ module }: SerializedObject): boolean => /^keras\.(src\.)?ops(\.|$)/.test(module ?? '');

const positionsOf = (opName: string): Readonly<Record<number, string>> => statics[opName]?.positional ?? {};

/** An op as Keras writes it: the options are the object's, what the call takes stands in the node. */
export function opToConfig(operation: OpNode): Config {
  const { opName, className, name } = operation;
  const args = operation.inboundNodes[0]?.args ?? [];
  const last = args.at(-1);
  const given = Object.entries(args.length > 1 && isPlain(last) && !('slice' in last) ? last : {});
  const options = Object.fromEntries(
    given.filter(([, v]) => v !== undefined).map(([k, v]) => [optionToDisk(k), serializeObject(v)]),
  );
  const positional = Object.entries(positionsOf(opName)).map(([k, key]) => [key, serializeObject(args[Number(k)])]);
  const config = { name, ...Object.fromEntries(positional), ...statics[opName]?.defaults, ...options };
  return { module: moduleOf(opName), class_name: className, config, registered_name: className };
}

/** Those of a recorded call's arguments that stand in the node. */
export function opArguments(opName: string, args: readonly unknown[]): unknown[] {
  const taken = positionsOf(opName);
  const last = args.at(-1);
  const hasOptions = args.length > 1 && isPlain(last) && !('slice' in last);
  const rest = (hasOptions ? args.slice(0, -1) : args).filter((_, k) => !(k in taken));
  return opName === 'getItem' ? [rest[0], keyToDisk(rest[1])] : rest;
}

/** Makes the op again, and says how the arguments of its calls go with the options in its config. */
export function opFromConfig(entry: SerializedObject): OpNode {
  const f =
    byClass.get(entry.class_name) ??
    fail(
      `deserialize "${entry.class_name}"`,
      `no op of this name is known (module ${JSON.stringify(entry.module)})`,
      'replace it in the model by a layer, or by other ops',
    );
  const { name, ...config } = entry.config as Config & { name: string };
  const operation = new OpNode(f.opName, f, name);
  configs.set(operation, config);
  return operation;
}
const configs = new WeakMap<OpNode, Config>();

/** All arguments of a call: those of the node, and the options of the op. */
export function completeArguments(operation: OpNode, nodeArgs: readonly unknown[]): unknown[] {
  const config = { ...configs.get(operation) };
  const given = [...nodeArgs];
  // Options of a call in Keras's `kwargs` come last, as an object.
  const own = given.length > 1 && isPlain(given.at(-1)) ? (given.pop() as Config) : {};
  const args = operation.opName === 'getItem' ? [given[0], keyFromDisk(given[1])] : given;
  for (const [k, key] of Object.entries(positionsOf(operation.opName))) {
    args.splice(Number(k), 0, config[key]);
    delete config[key];
  }
  const options = { ...Object.fromEntries(Object.entries(config).map(([k, v]) => [optionFromDisk(k), v])), ...own };
  const kept = Object.entries(options).filter(([, v]) => v !== null && v !== undefined);
  return kept.length > 0 ? [...args, Object.fromEntries(kept)] : args;
}

/** A key of `x[key]` as configs hold it: ranges are slices. */
function keyToDisk(key: unknown): unknown {
  if (Array.isArray(key)) return key.map(keyToDisk);
  if (key === '...') return { class_name: '__ellipsis__', config: {} };
  if (!isPlain(key) || !('slice' in key)) return key;
  const [start = null, stop = null, step = null] = key['slice'] as (number | null)[];
  return { class_name: '__slice__', config: { start, stop, step } };
}
function keyFromDisk(key: unknown): unknown {
  if (Array.isArray(key)) return key.map(keyFromDisk);
  if (!isSerializedObject(key)) return key;
  if (key.class_name === '__ellipsis__') return '...';
  const { start, stop, step } = key.config as { start: number | null; stop: number | null; step: number | null };
  return { slice: [start, stop, step] };
}
