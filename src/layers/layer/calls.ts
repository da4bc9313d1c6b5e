import { fail, refusePromise } from '../../base/errors.ts';
import {
  addNode,
  asCallOf,
  beginLayerCall,
  buildOnShapes,
  currentFrame,
  hasSymbolic,
  inNameScope,
  mapTensors,
  markMadeBy,
  outsideOfTraces,
  scopedPath,
  tensorsIn,
  withAutocast,
} from '../../tensor/index.ts';
import { checkNames } from './attribute-names.ts';
import { splitOptions, toTensors, withDType, withMask } from './call-arguments.ts';
import { type CallOptions, currentTraining, inCall, isOutermostCall } from './call-context.ts';
import { refuseByPosition, WatchedOptions } from './call-options.ts';
import { inner } from './inner.ts';
import { checkInputs, checkMask } from './input-spec.ts';
import type { AnyLayer, Layer } from './layer.ts';
import { activityPenalty, forgetLosses } from './losses.ts';
import { maskOn, passMask } from './masks.ts';
import { callOf } from './quantization.ts';
import type { Shapes } from './shapes.ts';
import { refusingStrangers } from './strangers.ts';
import { claim } from './tracking.ts';

/** Implements calling a layer. */
export function invokeLayer(layer: AnyLayer, given: readonly unknown[]): unknown {
  checkNames(layer);
  if (typeof layer.call !== 'function')
    fail(layer, 'it has no call()', `write call(inputs), which computes the outputs, in class ${layer.className}`);
  if (given.length > 0 && (given[0] === undefined || typeof given[0] === 'string'))
    fail(
      layer,
      `it was called on ${given[0] === undefined ? 'undefined' : `the text "${given[0]}"`}`,
      'call it on a tensor, on numbers or on keras.Input(…)',
    );
  const args = given.map(toTensors);
  const isSymbolic = hasSymbolic(args);
  const result = refusingStrangers(layer, () => (isSymbolic ? layer.symbolicCall(...args) : runCall(layer, args)));
  if (isOutermostCall()) {
    // A layer called on its own is known to its caller.
    claim(layer);
    if (!isSymbolic && !currentFrame())
      markMadeBy(
        {
          label: `the weights of ${layer.className} "${layer.name}"`,
          isTrainable: () => layer.trainableWeights.length > 0,
        },
        result,
      );
  }
  return result;
}

/** A call on symbolic tensors: adds a node to the functional model. */
export function recordCall(layer: AnyLayer, given: readonly unknown[]): unknown {
  const args = (layer.constructor as typeof Layer).takesMask ? withMask(given) : given;
  const { form, avals } = layer.computeOutputSpec(...args);
  const outputs = addNode(layer, args, form, avals);
  passMask(layer, args[0], outputs);
  return outputs;
}

/** A computing call: builds the layer if necessary and runs its `call`. */
export function runCall(layer: AnyLayer, given: readonly unknown[]): unknown {
  if (isOutermostCall()) forgetLosses(layer);
  ensureBuilt(layer, given);
  const { args, options } = splitOptions(layer.autocast ? withDType(given, layer.computeDtype) : given);
  const training = options.training ?? currentTraining();
  const first = args[0];
  if (options.mask !== undefined) checkMask(layer, first, options.mask);
  const mask = options.mask ?? maskOn(first);
  const full: CallOptions = {
    ...options,
    ...(training !== undefined && { training }),
    ...(mask !== undefined && { mask }),
  };
  refuseByPosition(layer, layer.call, args);
  const watched = new WatchedOptions(full);
  const computes = callOf(layer);
  const call = (): unknown => computes(...args, watched.options);
  const run = layer[inner].remat ? layer.rematerializedCall(call) : call;
  const outputs: unknown = inNameScope(layer.name, () =>
    inCall({ layer, training }, () =>
      asCallOf(layer, () => withAutocast(layer.autocast ? layer.computeDtype : undefined, run)),
    ),
  );
  refusePromise(layer, 'call() gave a promise', outputs);
  if (outputs === undefined)
    fail(layer, 'call() gave nothing', 'let it end with `return` and the tensors that it computes');
  watched.refuseUnread(layer, layer.call);
  const { activityRegularizer } = layer;
  if (activityRegularizer) for (const y of tensorsIn(outputs)) layer.addLoss(activityPenalty(activityRegularizer, y));
  passMask(layer, first, outputs, options.mask);
  return outputs;
}

/** The arguments whose shapes are passed to `build`: by default the tensors before the options. */
export const buildInputs: unique symbol = Symbol('buildInputs');

/** Builds the layer from the arguments of its first call. */
export function ensureBuilt(layer: AnyLayer, given: readonly unknown[]): void {
  const call = beginLayerCall();
  const { args, options } = splitOptions(given);
  checkInputs(layer, layer.inputSpec, args[0]);
  if (layer.built) return;
  const inputs = layer[buildInputs](args, options);
  buildOnShapes(call, tensorsIn(inputs), (shapes) => {
    let at = 0;
    buildOnce(layer, mapTensors(inputs, () => shapes[at++]) as Shapes[]);
  });
  checkInputs(layer, layer.inputSpec, args[0]);
}

/** Builds the layer on shapes, once; calling a layer does this first. */
export function buildOnce(layer: AnyLayer, shapes: readonly Shapes[]): void {
  if (layer.built) return;
  const state = layer[inner];
  state.path = scopedPath(layer.name);
  state.shapes = shapes;
  // A class may define its `build` as an attribute.
  const own: unknown = Object.getOwnPropertyDescriptor(layer, 'build')?.value;
  const build = own === state.build ? (Object.getPrototypeOf(layer) as AnyLayer).build : (own as AnyLayer['build']);
  // `build` computes values, even if the layer is first called while a program is being recorded.
  inNameScope(layer.name, () => asCallOf(state.madeIn, () => outsideOfTraces(() => build.apply(layer, [...shapes]))));
  state.checkedNames = 0;
  checkNames(layer);
  layer.built = true;
  if (!state.trainable) layer.trainable = false;
}
