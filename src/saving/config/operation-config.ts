import { optionFromDisk, optionToDisk } from '../../base/case.ts';
import type { DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import {
  type Config,
  type CustomObjects,
  deserializeObject,
  isSerializedObject,
  type SerializedObject,
  serializeObject,
} from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type AnyLayer, isLayer, type Layer } from '../../layers/layer/layer.ts';
import { OpNode } from '../../ops/op.ts';
import {
  type GraphNode,
  KerasTensor,
  type Like,
  nest,
  type Operation,
  Tensor,
  tensor,
  Variable,
} from '../../tensor/index.ts';
import { forward } from '../../training/trainable.ts';
import { modelToConfig, type SavedModel } from '../keras/keras-file.ts';
import { isNamelessOp, isOpClass, opArguments, opFromConfig, opToConfig } from './op-config.ts';

type HistoryOf = (t: KerasTensor) => readonly [name: string, call: number, output: number];

const isSavedModel = (layer: AnyLayer): layer is SavedModel => forward in layer;

/** A layer of a functional model, as Keras writes it. */
export function serializeOperation(operation: Operation): Config {
  if (operation instanceof OpNode) return opToConfig(operation);
  const layer = operation as AnyLayer;
  // A nested model keeps its compile settings.
  if (isSavedModel(layer)) return modelToConfig(layer);
  const build = isLayer(layer) ? layer.getBuildConfig() : null;
  return { ...(serializeObject(layer) as Config), ...(build && { build_config: build }) };
}

export function deserializeOperation(entry: SerializedObject, customObjects: CustomObjects): Operation {
  if (isOpClass(entry) || isNamelessOp(entry)) return opFromConfig(entry);
  const layer = deserializeObject({ ...entry, build_config: undefined }, customObjects) as AnyLayer;
  // Layers are built by their calls, but a layer may still have to write what it was built on earlier.
  (layer as { noteBuildConfig?(config: unknown): void }).noteBuildConfig?.(entry.build_config);
  return layer;
}

/** The dtype of an Input, or of looked-up indices, is written as in Keras: int64, where tensors here are int32. */
function dtypeOnDisk(x: KerasTensor): string {
  const source = x.history?.node.operation as { readonly declaredDtype?: string } | undefined;
  return source?.declaredDtype ?? x.dtype;
}

/** One call: positional arguments, and keyword arguments from the options object. */
export function serializeArguments(node: GraphNode, historyOf: HistoryOf): Config {
  const write = (x: unknown): unknown => {
    if (x instanceof KerasTensor)
      return {
        class_name: '__keras_tensor__',
        config: { shape: x.symbolicShape, dtype: dtypeOnDisk(x), keras_history: historyOf(x) },
      };
    if (x instanceof Tensor)
      return { class_name: '__tensor__', config: { value: nest(x, x.dataSync()), dtype: x.dtype } };
    if (x instanceof Variable)
      fail(
        node.operation,
        `it is called on variable "${x.path}", which a config cannot hold`,
        'use the variable in the call() of a custom layer that has it as an attribute',
      );
    if (Array.isArray(x)) return x.map(write);
    if (isSerializedObject(x)) return x;
    if (isPlainObject(x)) return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, write(v)]));
    return serializeObject(x);
  };
  const { operation } = node;
  if (operation instanceof OpNode) {
    const { args, kwargs } = opArguments(operation.opName, node.args);
    return { args: args.map(write), kwargs: write(kwargs) };
  }
  const last = node.args.at(-1);
  const hasOptions = node.args.length > 1 && isPlainObject(last);
  const positional = hasOptions ? node.args.slice(0, -1) : node.args;
  const keywords = hasOptions
    ? Object.fromEntries(Object.entries(last as Config).map(([k, v]) => [optionToDisk(k), write(v)]))
    : {};
  // Keras records these arguments even if nothing was given.
  const { takesMask, notesTraining } = operation.constructor as typeof Layer;
  const isBare = Object.keys(keywords).length === 0 || operation.className === 'Functional';
  if (isBare && (takesMask || forward in operation)) keywords['mask'] ??= null;
  if (notesTraining) keywords['training'] ??= false;
  return { args: positional.map(write), kwargs: keywords };
}

/** Arguments as a file records them, without a `training` that nobody gave: it would hold in training and in prediction alike. */
export function withoutImplied(layer: AnyLayer, args: readonly unknown[]): readonly unknown[] {
  const { impliedTraining } = layer.constructor as typeof Layer;
  const last = args.at(-1);
  if (impliedTraining === undefined || !isPlainObject(last) || last['training'] !== impliedTraining) return args;
  const { training: _, ...rest } = last;
  return Object.keys(rest).length > 0 ? [...args.slice(0, -1), rest] : args.slice(0, -1);
}

/** The arguments of a call, or nothing while one of their tensors does not exist yet. */
export function deserializeArguments(
  call: unknown,
  find: (history: readonly [string, number, number]) => KerasTensor | undefined,
  customObjects: CustomObjects,
): unknown[] | undefined {
  const { args, kwargs } = call as { args: unknown[]; kwargs?: Config | null };
  let isWhole = true;
  const read = (x: unknown): unknown => {
    if (Array.isArray(x)) return x.map(read);
    if (typeof x !== 'object' || x === null) return x;
    if (isSerializedObject(x)) {
      if (x.class_name === '__slice__' || x.class_name === '__ellipsis__') return x;
      if (x.class_name === '__tensor__' || x.class_name === '__numpy__') {
        const { value, dtype } = x.config as { value: Like; dtype: DType };
        return tensor(value, { dtype });
      }
      if (x.class_name !== '__keras_tensor__') return deserializeObject(x, customObjects);
      const found = find((x.config as { keras_history: [string, number, number] }).keras_history);
      if (!found) isWhole = false;
      return found;
    }
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, read(v)]));
  };
  const positional = args.map(read);
  const given = Object.entries(kwargs ?? {}).filter(([key, v]) => v !== null || key === 'mask');
  const options = Object.fromEntries(given.map(([key, v]) => [optionFromDisk(key), read(v)]));
  if (!isWhole) return undefined;
  return Object.keys(options).length > 0 ? [...positional, options] : positional;
}
