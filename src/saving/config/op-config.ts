import * as activations from '../../activations/index.ts';
import { optionFromDisk, optionToDisk } from '../../base/case.ts';
import { imageDataFormat } from '../../base/config.ts';
import { DTypePolicy } from '../../base/dtype-policy.ts';
import { fail } from '../../base/errors.ts';
import {
  type Config,
  getRegisteredObject,
  isSerializedObject,
  type SerializedObject,
  serializeObject,
} from '../../base/registry/serialize.ts';
import { sizeOf } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import * as ops from '../../ops/index.ts';
import { OpNode, op } from '../../ops/op.ts';
import { callsOf, type Tensor, tensorsIn } from '../../tensor/index.ts';
import { kerasOperations } from './keras-operations.ts';

/** A parameter of an op, under its Keras name. */
interface Parameter {
  readonly name: string;
  readonly isOption: boolean;
  /** Whether it is optional. */
  readonly isOptional: boolean;
  readonly initial: unknown;
  readonly takesAny: boolean;
}
/** An op as Keras writes it. */
interface Form {
  readonly module: string;
  readonly parameters: readonly Parameter[];
  /** Whether callers name further options themselves, like the axes of `rearrange`. */
  readonly takesNames: boolean;
  /** The parameters in the object's config, and those in the node, positional and by keyword. */
  readonly inConfig: readonly string[];
  readonly inArgs: readonly string[];
  readonly inKwargs: readonly string[];
}

let forms: Map<string, Form> | undefined;
function formOf(opName: string): Form {
  forms ??= new Map(kerasOperations.trim().split('\n').map(parseForm));
  return forms.get(opName) ?? unknownToKeras;
}
function parseForm(line: string): [string, Form] {
  const [, opName, module, ...lists] = /^(\w+) (\w+) \((.*?)\)(?: \[(.*)\])?(?: <(.*)>)?$/.exec(line)!;
  const [parameters = [], inConfig, node] = lists.map((list) => list?.split(' ').filter((word) => word !== ''));
  const names = (isOption: boolean): string[] =>
    parameters.filter((word) => word.includes('=') === isOption).map((word) => word.replace(/[?=].*/, ''));
  return [
    opName,
    {
      module: `keras.src.ops.${module}`,
      takesNames: parameters.some((word) => word.startsWith('**')),
      parameters: parameters
        .filter((word) => !word.startsWith('**'))
        .map((word) => {
          const [, star, name, optional, initial] = /^(\*?)(\w+)(\?)?(?:=(.*))?$/.exec(word)!;
          const [isOption, takesAny] = [initial !== undefined, star === '*'];
          const isOptional = isOption || takesAny || optional !== undefined;
          return { name: name, takesAny, isOption, isOptional, initial: isOption ? JSON.parse(initial) : undefined };
        }),
      inConfig: inConfig ?? names(true),
      inArgs: (node ?? names(false)).filter((word) => !word.includes('=')).map((word) => word.replace('*', '')),
      inKwargs: (node ?? []).filter((word) => word.includes('=')).map((word) => word.split('=')[0]),
    },
  ];
}
/** Ops that Keras does not have: files of Hornbeam 0.1 contain them in Keras's style, under our own names. */
const unknownToKeras: Form = {
  module: 'hornbeam.ops',
  parameters: [{ name: 'args', takesAny: true, isOption: false, isOptional: true, initial: undefined }],
  takesNames: false,
  inConfig: [],
  inArgs: ['args'],
  inKwargs: [],
};

const isOptions = (x: unknown): x is Config => isPlainObject(x) && !('slice' in x) && !isSerializedObject(x);

/** The Keras name of an option: `axis1` and `N` are not camelCase. */
const nameOf = (form: Form, key: string): string =>
  form.parameters.find(({ name }) => optionFromDisk(name) === key)?.name ?? (form.takesNames ? key : optionToDisk(key));

/** The value of each parameter in a recorded call, defaults included; options unknown to Keras keep their names. */
function named(form: Form, args: readonly unknown[]): Map<string, unknown> {
  const last = args.at(-1);
  const options = args.length > 1 && isOptions(last) ? last : {};
  const positional = options === last ? args.slice(0, -1) : args;
  const values = new Map<string, unknown>();
  let next = 0;
  for (const { name, isOption, initial, takesAny } of form.parameters) {
    if (isOption) values.set(name, initial);
    else if (takesAny) values.set(name, positional.slice(next).flat());
    else if (next < positional.length) values.set(name, positional[next++]);
  }
  for (const [key, value] of Object.entries(options)) if (value !== undefined) values.set(nameOf(form, key), value);
  if (values.get('data_format') === null) values.set('data_format', imageDataFormat());
  return values;
}

/** An op as Keras writes it: some parameters belong to the object, the others to the node. */
export function opToConfig(operation: OpNode): Config {
  const form = formOf(operation.opName);
  if (form.module === 'hornbeam.ops') return withoutOperation(operation);
  const values = named(form, callsOf(operation)[0]?.args ?? []);
  const options = form.inConfig.map((key) => {
    const value = values.get(key) ?? null;
    if (tensorsIn(value).length > 0)
      fail(
        `ops.${operation.opName} "${operation.name}"`,
        `its option ${optionFromDisk(key)} is a tensor, which neither Keras's config nor ours can hold`,
        'give numbers, or do the computation in the call() of a custom layer',
      );
    return [key, serializeObject(value)];
  });
  const { className } = operation;
  const { module } = form;
  const config = { name: operation.name, ...Object.fromEntries(options) };
  return { module, class_name: className, config, registered_name: className };
}

/** An op without an operation in Keras: an activation is written as the layer that applies it, other ops are refused. */
function withoutOperation(operation: OpNode): Config {
  const { opName, name } = operation;
  const f = (ops as Record<string, unknown>)[opName];
  const activation = f === undefined ? undefined : activations.serialize(f);
  const calls = callsOf(operation);
  if (typeof activation !== 'string' || calls.some(({ args }) => args.length !== 1))
    return fail(
      `ops.${opName} "${name}"`,
      'Keras has no operation of this kind, so that no file can hold it',
      'do the computation in the call() of a custom layer, which a file holds by its name',
    );
  const dtype = new DTypePolicy(calls[0]?.outputs[0]?.dtype ?? 'float32');
  const config = { name, trainable: true, dtype: serializeObject(dtype), activation };
  return { module: 'keras.layers', class_name: 'Activation', config, registered_name: null };
}

/** The arguments of a recorded call that belong in the node. */
export function opArguments(opName: string, args: readonly unknown[]): { args: unknown[]; kwargs: Config } {
  const form = formOf(opName);
  const values = named(form, args);
  const positional = form.inArgs.flatMap((key) => {
    if (!values.has(key)) return [];
    const value = values.get(key);
    if (form.parameters.some((p) => p.takesAny && p.name === key)) return value as unknown[];
    return [opName === 'getItem' && key === 'key' ? keyToDisk(value) : value];
  });
  const isFree = (key: string): boolean =>
    !form.parameters.some(({ name }) => name === key) && !form.inConfig.includes(key);
  const keywords = [...values].filter(([key]) => form.inKwargs.includes(key) || isFree(key));
  const own = form.module === 'hornbeam.ops' ? args.filter((x, k) => k > 0 && isOptions(x)) : [];
  return { args: positional, kwargs: Object.assign(Object.fromEntries(keywords), ...own) as Config };
}

/** Ops by the class that represents them; among several, the op of the same name (`Max`, not `amax`). */
let byClass: Map<string, Op> | undefined;
type Op = ((...args: unknown[]) => unknown) & { readonly opName: string; readonly opClass: string };
const isOp = (f: unknown): f is Op => typeof f === 'function' && typeof (f as { opName?: unknown }).opName === 'string';
function opsByClass(): Map<string, Op> {
  const found = new Map<string, Op>();
  for (const f of Object.values({ ...ops, ...ops.image, ...onlyInFiles } as Record<string, unknown>).filter(isOp)) {
    const { opClass: className } = f;
    if (!found.has(className) || className.toLowerCase() === f.opName.toLowerCase()) found.set(className, f);
  }
  return found;
}
/** Here these ops give numbers, which need no place in a model; Keras's give tensors. */
const whole = (n: number): Tensor => ops.full([], n, { dtype: 'int32' });
const onlyInFiles = {
  ndim: op('ndim', (x: Tensor) => whole(x.shape.length)),
  size: op('size', (x: Tensor) => whole(sizeOf(x.shape))),
};
const opOfClass = (className: string): Op | undefined => (byClass ??= opsByClass()).get(className);
export const isOpClass = ({ module }: SerializedObject): boolean =>
  /^(keras\.(src\.)?|hornbeam\.)ops(\.|$)/.test(module ?? '');

/** An op without a module, in an `.h5` file written by Keras: it has only its own options, none of a layer's. */
export const isNamelessOp = ({
  module,
  class_name: name,
  config,
  registered_name: registered,
}: SerializedObject): boolean =>
  (module === undefined || module === null) &&
  isPlainObject(config) &&
  !getRegisteredObject(registered ?? name) &&
  hasOnlyOptionsOf(opOfClass(name), config);
const hasOnlyOptionsOf = (op: { opName: string } | undefined, config: Config): boolean =>
  op !== undefined && Object.keys(config).every((key) => key === 'name' || formOf(op.opName).inConfig.includes(key));

/** Recreates the op and remembers the parameters in its config. */
export function opFromConfig(entry: SerializedObject): OpNode {
  const f =
    opOfClass(entry.class_name) ??
    fail(
      `deserialize "${entry.class_name}"`,
      `no op of this name is known (module ${JSON.stringify(entry.module)})`,
      'replace it in the model by a layer, or by other ops',
    );
  const { name, ...config } = entry.config as Config & { name: string };
  const operation = new OpNode([f.opName, f.opClass], f, name);
  configs.set(operation, config);
  return operation;
}
const configs = new WeakMap<OpNode, Config>();

/** All arguments of a call: those of the node, and those of the object's config. */
export function completeArguments(operation: OpNode, nodeArgs: readonly unknown[]): unknown[] {
  const form = formOf(operation.opName);
  const last = nodeArgs.at(-1);
  // Keras's keyword arguments come last, as an object.
  const keywords = nodeArgs.length > 1 && isOptions(last) ? last : {};
  const given = keywords === last ? nodeArgs.slice(0, -1) : nodeArgs;
  const values = new Map<string, unknown>(Object.entries(configs.get(operation) ?? {}));
  let next = 0;
  for (const key of form.inArgs) {
    const takesAny = form.parameters.some((p) => p.takesAny && p.name === key);
    values.set(key, takesAny ? given.slice(next).flat() : given[next++]);
  }
  for (const [key, value] of Object.entries(keywords))
    values.set(form.takesNames ? key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`) : nameOf(form, key), value);
  if (operation.opName === 'getItem') values.set('key', keyFromDisk(values.get('key')));
  const positional = form.parameters.filter((p) => !p.isOption);
  const args = positional.flatMap(({ name, takesAny, isOptional }) => {
    const value = values.get(name);
    if (value === undefined && !isOptional)
      fail(
        `ops.${operation.opName} "${operation.name}"`,
        `its config holds nothing for its argument ${optionFromDisk(name)}`,
        'check that the file is whole',
      );
    values.delete(name);
    return takesAny ? (value as unknown[]) : [value];
  });
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  // Null, if nothing was given, is what these report themselves.
  const isLeftOut = (key: string, value: unknown): boolean =>
    value === undefined || (value === null && form.parameters.find((p) => p.name === key)?.initial === null);
  const options = [...values].filter(([key, value]) => !isLeftOut(key, value));
  const spelled = options.map(([key, value]) => [form.takesNames ? key : optionFromDisk(key), value]);
  return options.length > 0 ? [...args, Object.fromEntries(spelled)] : args;
}

/**
 * The key of `x[key]` in configs, where ranges are slices. Keras accepts a range, a new axis or `...` only in a list.
 */
function keyToDisk(key: unknown): unknown {
  const isAlone = key === null || key === '...' || isRange(key);
  return isAlone ? [entryToDisk(key)] : Array.isArray(key) ? key.map(entryToDisk) : key;
}
const isRange = (key: unknown): key is { slice: (number | null)[] } => isPlainObject(key) && 'slice' in key;
function entryToDisk(key: unknown): unknown {
  if (key === '...') return { class_name: '__ellipsis__', config: {} };
  if (!isRange(key)) return key;
  const [start = null, stop = null, step = null] = key.slice;
  return { class_name: '__slice__', config: { start, stop, step } };
}
function keyFromDisk(key: unknown): unknown {
  if (Array.isArray(key)) return key.map(keyFromDisk);
  if (!isSerializedObject(key)) return key;
  if (key.class_name === '__ellipsis__') return '...';
  const { start, stop, step } = key.config as { start: number | null; stop: number | null; step: number | null };
  return { slice: [start, stop, step] };
}
