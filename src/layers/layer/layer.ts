import { invoke } from '../../base/callable.ts';
import { exactMethods } from '../../base/exact.ts';
import { optionsToConfig } from '../../base/field/disk.ts';
import { type Fields, type Options } from '../../base/field/field.ts';
import { noteOrigin } from '../../base/origin.ts';
import { fieldsOf, makeFromConfig } from '../../base/registry/configured.ts';
import { type Config, serializeObject } from '../../base/registry/serialize.ts';
import { refuseUndescribed } from '../../base/registry/undescribed.ts';
import type { Tree } from '../../base/tree.ts';
import {
  inferSymbolic,
  KerasTensor,
  mapTensors,
  noteBirth,
  type Operation,
  replay,
  type Symbolic,
  type SymbolicAval,
  type Tensor,
  tensorsIn,
} from '../../tensor/index.ts';
import { guardMembers } from './attribute-names.ts';
import { exposeOptions } from './attributes.ts';
import type { LenientArgs, SymbolicArgs, SymbolicInput } from './call-arguments.ts';
import type { CallOptions } from './call-context.ts';
import { buildInputs, buildOnce, ensureBuilt, invokeLayer, recordCall, runCall } from './calls.ts';
import { firstCall } from './first-call.ts';
import { inner } from './inner.ts';
import { checkStoredShapes, type InputSpec } from './input-spec.ts';
import { baseOptions, type LayerOptions } from './layer-options.ts';
import { addedLosses, addLossOf, forgetLosses, weightPenalties } from './losses.ts';
import { rematerialized } from './remat.ts';
import { mapShapes, type Shapes } from './shapes.ts';
import { statelessly, withoutReturnLosses } from './stateless-call.ts';
import { flattenLayers } from './tracking.ts';
import { Weighted } from './weighted.ts';

export { isLayer } from './inner.ts';
export type { LayerOptions } from './layer-options.ts';
export { mapShapes, type Shapes } from './shapes.ts';
export type { WeightOptions } from './weights.ts';

export type AnyLayer = Layer<any, any, any>;

/** A call on symbolic tensors returns symbolic tensors. */
export interface Layer<
  // biome-ignore lint/correctness/noUnusedVariables: the class has the same parameters
  S extends Fields = {},
  Args extends unknown[] = [inputs: Tensor, options?: CallOptions],
  Out = Tensor,
> {
  // biome-ignore lint/style/useShorthandFunctionType: it is merged with the class
  (...args: SymbolicArgs<Args>): Symbolic<Out>;
}
/**
 * A callable object with weights: options (`fields`), `build` (makes the weights when the input's shape is known) and `call`
 * (computes). Layers, variables, and lists and maps of them are found through the attributes that hold them.
 * @see https://keras.io/api/layers/base_layer/
 */
export abstract class Layer<
    S extends Fields = {},
    Args extends unknown[] = [inputs: Tensor, options?: CallOptions],
    Out = Tensor,
  >
  extends Weighted<S, LenientArgs<Args>, Out>
  implements Operation
{
  static readonly className: string;
  static readonly fields: Fields;
  /** Whether something that needs the inputs' shapes must be done before the first call. */
  static readonly needsBuild: boolean = true;
  /** Whether `call` uses `mask`: functional models then show where the mask comes from. */
  static readonly takesMask: boolean = false;
  /**
   * Whether Keras's `call` has a default for `training`: its files then record the argument of each call, false if
   * absent.
   */
  static readonly notesTraining: boolean = false;
  /** The value of `training` that Keras's files record for a call that was given none, and which therefore binds nobody. */
  static get impliedTraining(): boolean | undefined {
    return this.notesTraining ? false : undefined;
  }
  /** The names of attributes in Keras, and hence in weight paths, where they differ from the snake_case name. */
  static readonly attributesInKeras: Readonly<Record<string, string>> = {};

  /** Whether `build` has run, so that the layer has its weights. */
  built = !(this.constructor as typeof Layer).needsBuild;
  /** Whether a mask of the inputs is also the mask of the outputs. Otherwise it ends here, unless `computeMask` is overridden. */
  supportsMasking = false;
  /** What inputs have to look like, one for all or one for each; every call is checked against it. */
  inputSpec: InputSpec | readonly InputSpec[] | undefined;

  constructor(options: Options<S> & LayerOptions = {} as Options<S> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    noteBirth(this);
    noteOrigin(this, new.target);
    exposeOptions(this as AnyLayer, fieldsOf(this));
    // As in Keras, calling build() is final: later calls do not build again.
    const build = (...shapes: Shapes[]): void => buildOnce(this as AnyLayer, shapes);
    this[inner].build = build;
    Object.defineProperty(this, 'build', { value: build, configurable: true, writable: true });
  }

  /** Creates the weights; unknown sizes in `inputShape` are null. */
  build(..._inputShapes: any[]): void {}
  /** Computes the outputs. Implement it with keras.ops and other layers. */
  abstract override call(...args: Args): Out;
  /** The mask of the outputs; a layer that supports masking passes on that of its input. */
  computeMask(_inputs: unknown, previousMask: Tensor | null | undefined): Tree<Tensor | null> | null | undefined {
    return this.supportsMasking ? previousMask : undefined;
  }

  protected override [invoke](...given: LenientArgs<Args>): Out {
    return invokeLayer(this as AnyLayer, given) as Out;
  }
  /** Replays a recorded call on other tensors. */
  [replay](args: readonly unknown[]): Tree<Tensor> {
    return runCall(this as AnyLayer, args) as Tree<Tensor>;
  }
  /** The arguments whose shapes are passed to `build`: the tensors before the options. */
  [buildInputs](args: readonly unknown[], _options: CallOptions): readonly unknown[] {
    return args.filter((a) => tensorsIn(a).length > 0);
  }

  /** Records a call on KerasTensors, as calling the layer on them does. */
  symbolicCall(...args: LenientArgs<Args>): Out {
    return recordCall(this as AnyLayer, args) as Out;
  }

  /** A call of the layer, recomputed in the backward pass if the `RematScope` it was created in asks for that. */
  rematerializedCall<A extends readonly unknown[], R>(layerCall: (...args: A) => R): (...args: A) => R {
    return rematerialized(this as AnyLayer, layerCall);
  }

  /** Adds a scalar to the loss of the model that contains the layer. Use it in `call`. */
  addLoss(loss: Tensor): void {
    addLossOf(this, loss);
  }
  /**
   * Scalars added to the loss: from `addLoss` and activity regularization in the last call, then one per regularized
   * weight.
   */
  get losses(): Tensor[] {
    return [...flattenLayers(this as AnyLayer).flatMap(addedLosses), ...weightPenalties(this.trainableWeights)];
  }

  /** The input of its first call: a KerasTensor, or a list of several. */
  get input(): SymbolicInput<Args> {
    const { inputs } = firstCall(this, 'input');
    const input: unknown = inputs.length === 1 ? inputs[0] : [...inputs];
    return input as SymbolicInput<Args>;
  }
  /**
   * The output of its first call on KerasTensors, e.g. for `new Model({ inputs: model.inputs, outputs: layer.output
   * })`.
   */
  get output(): Symbolic<Out> {
    return firstCall(this, 'output').form as Symbolic<Out>;
  }
  /** Shapes and dtypes of the outputs for given symbolic arguments. */
  computeOutputSpec(...args: unknown[]): { form: Out; avals: SymbolicAval[] } {
    ensureBuilt(this as AnyLayer, args);
    const found = inferSymbolic((...tensors) => runCall(this as AnyLayer, tensors) as Out, args);
    forgetLosses(this as AnyLayer);
    return found;
  }
  /** Shape of the output for an input of the given shape. */
  computeOutputShape(...inputShapes: any[]): any {
    const args = inputShapes.map((shape) =>
      mapShapes(shape as Shapes, (s) => new KerasTensor(s, { dtype: this.computeDtype })),
    );
    const { form, avals } = this.computeOutputSpec(...args);
    let at = 0;
    return mapTensors(form, () => avals[at++].shape);
  }

  /**
   * A pure call: weights are passed as arguments, and the updated non-trainable ones are returned. With `returnLosses`,
   * the scalars added to the loss are returned as well.
   */
  statelessCall(
    trainable: readonly Tensor[],
    nonTrainable: readonly Tensor[],
    ...args: [
      ...inputs: unknown[],
      options: CallOptions & {
        /** Gives the losses of the call as well, as a third result. */
        readonly returnLosses: true;
      },
    ]
  ): [outputs: Out, nonTrainable: Tensor[], losses: Tensor[]];
  statelessCall(
    trainable: readonly Tensor[],
    nonTrainable: readonly Tensor[],
    ...args: LenientArgs<Args>
  ): [outputs: Out, nonTrainable: Tensor[]];
  statelessCall(trainable: readonly Tensor[], nonTrainable: readonly Tensor[], ...given: unknown[]): unknown[] {
    const { args, wantsLosses } = withoutReturnLosses(given);
    const [[outputs, losses], next] = statelessly(this as AnyLayer, trainable, nonTrainable, () => {
      const outputs = this[invoke](...(args as LenientArgs<Args>));
      return [outputs, wantsLosses ? this.losses : []] as const;
    });
    return wantsLosses ? [outputs, next, losses] : [outputs, next];
  }

  /** Its options as plain data, from which `fromConfig` makes a new layer. A class with options of its own adds them. */
  getConfig(): Config {
    const config = {
      name: this.name,
      trainable: this.trainable,
      dtype: serializeObject(this.dtypePolicy),
      ...(this.activityRegularizer && { activity_regularizer: serializeObject(this.activityRegularizer) }),
      ...optionsToConfig(fieldsOf(this), this[inner].options),
    };
    refuseUndescribed(this as AnyLayer, config, baseOptions);
    return config;
  }
  /** A layer from what `getConfig` returned, with new weights. */
  static fromConfig(config: Config): AnyLayer {
    return makeFromConfig(this, config);
  }
  /** The shapes it was built on, in the form used in files. */
  getBuildConfig(): Config | null {
    const { shapes } = this[inner];
    if (!shapes || shapes.length === 0) return null;
    return { input_shape: shapes[0] };
  }
  /** Builds the layer on the shapes that `getBuildConfig` returned. */
  buildFromConfig(config: Config): void {
    const shapes: readonly unknown[] = 'input_shape' in config ? [config['input_shape']] : Object.values(config);
    if (shapes.length === 0 || shapes[0] === null) return;
    checkStoredShapes(this, this.inputSpec, shapes);
    buildOnce(this as AnyLayer, shapes);
  }
  /** The config: what `JSON.stringify(layer)` writes. */
  toJSON(): Config {
    return this.getConfig();
  }
  /** Its class, its name, and whether it is built: `<Dense name=dense, built=true>`. */
  override toString(): string {
    return `<${this.className} name=${this.name}, built=${this.built}>`;
  }

  static {
    exactMethods<AnyLayer>(this, { statelessCall: null, symbolicCall: null });
    guardMembers(this);
  }
}
