import { Callable } from '../base/callable.ts';
import type { DType } from '../base/dtype.ts';
import { asPolicy, type DTypePolicy, type PolicyLike } from '../base/dtype-policy.ts';
import { fail } from '../base/errors.ts';
import {
  configToOptions,
  type Fields,
  type Options,
  optionsToConfig,
  type Resolved,
  requireOptions,
  resolveOptions,
} from '../base/field.ts';
import { autoName, optionFromDisk, toSnakeCase } from '../base/naming.ts';
import { type Config, serializeObject, sourceNameOf } from '../base/serialize.ts';
import { sizeOf } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import * as regularizers from '../regularizers/index.ts';
import {
  addNode,
  asCallOf,
  beginLayerCall,
  buildOnShapes,
  currentCall,
  type GraphNode,
  hasSymbolic,
  inferSymbolic,
  inNameScope,
  KerasTensor,
  type Like,
  mapTensors,
  type Operation,
  type SymbolicAval,
  scopedPath,
  type Tensor,
  tensorsIn,
  type Variable,
  withAutocast,
  withVariableValues,
} from '../tensor/index.ts';
import { type LenientArgs, splitOptions, toTensors, withDType, withMask } from './call-arguments.ts';
import { type CallOptions, currentTraining, inCall, isOutermostCall } from './call-context.ts';
import { checkInputs, type InputSpec } from './input-spec.ts';
import { activityPenalty, addedLosses, addLossOf, forgetLossesOf, weightPenalties } from './losses.ts';
import { maskOf, maskOn, setMask } from './masks.ts';
import { mapShapes, type Shapes } from './shapes.ts';
import { byKind, isForTraining, ownedBy } from './tracking.ts';
import { makeWeight, replaceValues, type WeightOptions } from './weights.ts';

export { mapShapes, type Shapes } from './shapes.ts';
export type { WeightOptions } from './weights.ts';

/** Options of every layer. */
export interface LayerOptions {
  /** Unique within a model; made from the class name when absent. */
  readonly name?: string | null | undefined;
  /** Whether optimizers change its weights. */
  readonly trainable?: boolean | undefined;
  /** Dtype, or dtype policy such as "mixed_float16", of weights and computation. */
  readonly dtype?: PolicyLike;
  /** Penalty on the layer's output, added to the loss. */
  readonly activityRegularizer?: regularizers.RegularizerLike | undefined;
}
const baseOptions = ['name', 'trainable', 'dtype', 'activityRegularizer', 'autocast'];

export const isLayer = (x: object): x is AnyLayer => x instanceof Layer;
export type AnyLayer = Layer<any, any, any>;

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
  extends Callable<LenientArgs<Args>, Out>
  implements Operation
{
  static readonly className: string;
  static readonly fields: Fields;
  /** Whether there is anything to do before the first call that needs the inputs' shape. */
  static readonly needsBuild: boolean = true;
  /** Whether `call` looks at `mask`: functional models then show where the mask comes from. */
  static readonly takesMask: boolean = false;

  override readonly name: string;
  readonly dtypePolicy: DTypePolicy;
  /** The class's own options, as resolved. */
  readonly config: Resolved<S>;
  built = !(this.constructor as typeof Layer).needsBuild;
  supportsMasking = false;
  inputSpec: InputSpec | readonly InputSpec[] | undefined;
  readonly activityRegularizer: regularizers.Regularizer | null;
  readonly inboundNodes: GraphNode[] = [];
  /** Name with those of the layers around it, as variables' paths begin. */
  path: string;
  private isTrainable: boolean;
  /** The shapes it was built on. */
  protected builtOn: readonly Shapes[] | undefined;
  /** The call during which the layer itself was made, if it was. */
  private readonly madeIn = currentCall();

  constructor(options: Options<S> & LayerOptions = {} as Options<S> & LayerOptions) {
    super();
    const { fields } = this;
    requireOptions(this.className, fields, options);
    const { name, trainable = true, dtype, activityRegularizer = null } = options as LayerOptions;
    const own = Object.entries(options).filter(([key]) => key in fields || !baseOptions.includes(key));
    this.config = resolveOptions(this.className, fields, Object.fromEntries(own) as Options<S>, baseOptions);
    for (const key of Object.keys(fields))
      if (!(key in this))
        Object.defineProperty(this, key, {
          get: () => (this.config as Record<string, unknown>)[key],
          enumerable: true,
          configurable: true,
        });
    this.name = name ?? autoName(toSnakeCase(sourceNameOf(this)));
    if (this.name.includes('/'))
      fail(this, `the name contains "/"`, 'choose a name without it: paths are made of names');
    this.path = scopedPath(this.name);
    this.isTrainable = trainable;
    // As in Keras, who calls build() builds for good: calls that come later build no second time.
    Object.defineProperty(this, 'build', {
      value: (...shapes: Shapes[]) => this.buildOn(...shapes),
      configurable: true,
      writable: true,
    });
    this.dtypePolicy = asPolicy(dtype);
    this.activityRegularizer = regularizers.get(activityRegularizer);
  }

  get className(): string {
    return Object.hasOwn(this.constructor, 'className')
      ? (this.constructor as typeof Layer).className
      : this.constructor.name;
  }
  private get fields(): S {
    return ((this.constructor as typeof Layer).fields ?? {}) as S;
  }

  /** Makes the weights; `inputShape` has null where a size is not known. */
  build(..._inputShapes: any[]): void {}
  /** Computes the outputs. Write it with keras.ops and other layers. */
  abstract override call(...args: Args): Out;
  /** The mask of the outputs; a layer that supports masking passes its input's on. */
  computeMask(_inputs: unknown, previousMask: Tensor | null | undefined): Tree<Tensor | null> | null | undefined {
    return this.supportsMasking ? previousMask : undefined;
  }

  protected override invoke(...given: LenientArgs<Args>): Out {
    const args = given.map(toTensors);
    return hasSymbolic(args) ? this.record(args) : this.run(args);
  }

  /** A call on symbolic tensors: adds a node to the functional model. */
  private record(given: readonly unknown[]): Out {
    const args = (this.constructor as typeof Layer).takesMask ? withMask(given) : given;
    const { form, avals } = this.computeOutputSpec(...args);
    const outputs = addNode(this, args, form, avals) as Out;
    this.passMask(args[0], outputs);
    return outputs;
  }

  /** Does a recorded call again, on other tensors. */
  replay(args: readonly unknown[]): Tree<Tensor> {
    return this.run([...args]) as Tree<Tensor>;
  }

  private run(given: readonly unknown[]): Out {
    if (isOutermostCall()) this.forgetLosses();
    this.ensureBuilt(given);
    const { args, options } = splitOptions(withDType(given, this.computeDtype));
    const training = options.training ?? currentTraining();
    const first = args[0];
    const mask = options.mask ?? maskOn(first);
    const full: CallOptions = {
      ...options,
      ...(training !== undefined && { training }),
      ...(mask !== undefined && { mask }),
    };
    const outputs = inNameScope(this.name, () =>
      inCall(training, () =>
        asCallOf(this, () =>
          withAutocast(this.dtypePolicy.computeDtype, () => this.call(...([...args, full] as unknown as Args))),
        ),
      ),
    );
    const { activityRegularizer } = this;
    if (activityRegularizer) for (const y of tensorsIn(outputs)) this.addLoss(activityPenalty(activityRegularizer, y));
    this.passMask(first, outputs, options.mask);
    return outputs;
  }

  private ensureBuilt(given: readonly unknown[]): void {
    const call = beginLayerCall();
    const { args, options } = splitOptions(given);
    checkInputs(this, this.inputSpec, tensorsIn(args[0]));
    if (this.built) return;
    const inputs = this.buildInputs(args, options);
    buildOnShapes(call, tensorsIn(inputs), (shapes) => {
      let at = 0;
      this.buildOn(...(mapTensors(inputs, () => shapes[at++]) as Shapes[]));
    });
    checkInputs(this, this.inputSpec, tensorsIn(args[0]));
  }

  /** Those of a call's arguments whose shapes `build` gets: the tensors before the options. */
  protected buildInputs(args: readonly unknown[], _options: CallOptions): readonly unknown[] {
    return args.filter((a) => tensorsIn(a).length > 0);
  }
  /** Builds on shapes, once: what calling the layer does first. */
  buildOn(...shapes: Shapes[]): void {
    if (this.built) return;
    this.path = scopedPath(this.name);
    this.builtOn = shapes;
    const { build } = Object.getPrototypeOf(this) as Layer;
    inNameScope(this.name, () => asCallOf(this.madeIn, () => build.apply(this, shapes)));
    this.built = true;
    if (!this.isTrainable) this.trainable = false;
  }

  /** Makes a variable that belongs to the layer. Only in the constructor and in `build`. */
  addWeight(options: WeightOptions): Variable {
    const variable = makeWeight(this, { ...options, dtype: options.dtype ?? this.variableDtype });
    isForTraining(variable);
    this.ownWeights.push(variable);
    return variable;
  }
  private readonly ownWeights: Variable[] = [];

  /** Adds a scalar to the loss of the model that the layer is part of. Call it in `call`. */
  addLoss(loss: Tensor): void {
    addLossOf(this, loss);
  }
  /** Drops what was added to the loss, here and in the layers within. */
  forgetLosses(): void {
    for (const layer of this.flattenLayers()) forgetLossesOf(layer);
  }
  private passMask(inputs: unknown, outputs: Out, given?: Tensor | null): void {
    if (!this.supportsMasking && this.computeMask === Layer.prototype.computeMask) return;
    const flat = tensorsIn(outputs);
    if (flat.length === 0 || flat.every(maskOf)) return;
    const previous = given ?? maskOn(inputs);
    const computed = this.computeMask(inputs, previous);
    if (computed === null || computed === undefined) return;
    const list = (Array.isArray(computed) ? computed : [computed]) as (Tensor | null)[];
    flat.forEach((y, k) => {
      if (list[k] && !maskOf(y)) setMask(y, list[k]);
    });
  }

  /** Layers that this one holds, directly. */
  get sublayers(): AnyLayer[] {
    return ownedBy(this, isLayer).layers;
  }
  /** This layer and all within it. */
  flattenLayers(): AnyLayer[] {
    const all = new Set<AnyLayer>();
    const visit = (layer: AnyLayer): void => {
      if (all.has(layer)) return;
      all.add(layer);
      layer.sublayers.forEach(visit);
    };
    visit(this as AnyLayer);
    return [...all];
  }
  private collect(own: (layer: AnyLayer) => readonly Variable[]): Variable[] {
    return [...new Set(this.flattenLayers().flatMap((layer) => own(layer)))];
  }
  /** Own weights, trainable ones first, then those of the layers within. */
  get weights(): Variable[] {
    return this.collect((layer) => layer.ownVariables);
  }
  /** Weights, and the states of seed generators and metrics. */
  get variables(): Variable[] {
    return this.collect((layer) => [
      ...layer.ownVariables,
      ...ownedBy(layer, isLayer).keepers.flatMap((k) => k.variables),
    ]);
  }
  /** Its own weights, trainable ones first as they were created, without those of layers within. */
  get ownVariables(): Variable[] {
    return byKind([...new Set([...this.ownWeights, ...ownedBy(this, isLayer).variables])]);
  }
  get trainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => v.trainable) : [];
  }
  get nonTrainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => !v.trainable) : this.weights;
  }
  get trainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => v.trainable) : [];
  }
  get nonTrainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => !v.trainable) : this.variables;
  }
  get trainable(): boolean {
    return this.isTrainable;
  }
  /** Freezes or thaws the layer and all layers within it. */
  set trainable(value: boolean) {
    this.isTrainable = value;
    for (const v of this.ownVariables) if (isForTraining(v)) v.trainable = value;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /** Scalars that add to the loss: from `addLoss` and activity in the last call, then one for each regularized weight. */
  get losses(): Tensor[] {
    return [...this.flattenLayers().flatMap(addedLosses), ...weightPenalties(this.trainableWeights)];
  }

  /** The KerasTensors of its first call: what it was called on. */
  get input(): Tree<KerasTensor> {
    const { inputs } = this.firstNode('input');
    return inputs.length === 1 ? inputs[0]! : [...inputs];
  }
  /** What its first call on KerasTensors gave, e.g. for `new Model({ inputs: model.inputs, outputs: layer.output })`. */
  get output(): Tree<KerasTensor> {
    return this.firstNode('output').form;
  }
  private firstNode(what: string): GraphNode {
    return (
      this.inboundNodes[0] ??
      fail(this, `it has no ${what}: it was never called on a KerasTensor`, 'call it on keras.Input({ shape }) first')
    );
  }

  get dtype(): DType {
    return this.dtypePolicy.variableDtype;
  }
  get computeDtype(): DType {
    return this.dtypePolicy.computeDtype;
  }
  get variableDtype(): DType {
    return this.dtypePolicy.variableDtype;
  }

  /** The weights' values. Tensors, that later training does not change. */
  getWeights(): Tensor[] {
    return this.weights.map((v) => v.value);
  }
  /** Replaces the weights' values, in the order of `weights`. */
  setWeights(values: readonly Like[]): void {
    replaceValues(this, this.weights, values);
  }
  /** Number of scalars in all weights. */
  countParams(): number {
    return this.weights.reduce((n, v) => n + sizeOf(v.shape), 0);
  }

  /** Shapes and dtypes of the outputs for given symbolic arguments. */
  computeOutputSpec(...args: unknown[]): { form: Out; avals: SymbolicAval[] } {
    this.ensureBuilt(args);
    const found = inferSymbolic((...inner) => this.run([...inner]), args);
    this.forgetLosses();
    return found;
  }
  /** Shape of the output for an input of the given shape. */
  computeOutputShape(...inputShapes: any[]): any {
    const args = inputShapes.map((shape) =>
      mapShapes(shape as Shapes, (s) => new KerasTensor(s, { dtype: this.computeDtype })),
    );
    const { form, avals } = this.computeOutputSpec(...args);
    let at = 0;
    return mapTensors(form, () => avals[at++]!.shape);
  }

  /** A pure call: weights come as arguments, and what the call makes of the non-trainable ones comes back. */
  statelessCall(
    trainable: readonly Tensor[],
    nonTrainable: readonly Tensor[],
    ...args: LenientArgs<Args>
  ): [outputs: Out, nonTrainable: Tensor[]] {
    const [own, others] = [this.trainableVariables, this.nonTrainableVariables];
    if (own.length !== trainable.length || others.length !== nonTrainable.length)
      fail(
        this,
        `statelessCall got ${trainable.length} trainable and ${nonTrainable.length} non-trainable values for ${own.length} and ${others.length} variables`,
        'give the values of layer.trainableVariables and layer.nonTrainableVariables, in order',
      );
    const values = new Map<Variable, Tensor>([
      ...own.map((v, k) => [v, trainable[k]!] as const),
      ...others.map((v, k) => [v, nonTrainable[k]!] as const),
    ]);
    const { result, finalValue } = withVariableValues(values, () => this.invoke(...args));
    return [result, others.map(finalValue)];
  }

  getConfig(): Config {
    return {
      name: this.name,
      trainable: this.isTrainable,
      dtype: serializeObject(this.dtypePolicy),
      ...(this.activityRegularizer && { activity_regularizer: serializeObject(this.activityRegularizer) }),
      ...optionsToConfig(this.fields, this.config),
    };
  }
  static fromConfig(config: Config): AnyLayer {
    const fields = this.fields ?? {};
    const known = configToOptions(fields, config);
    const options = Object.fromEntries(
      Object.entries(known).map(([key, value]) => [key in fields ? key : optionFromDisk(key), value]),
    );
    return new (this as unknown as new (options: Config) => AnyLayer)(options);
  }
  /** The shapes it was built on, as files keep them. */
  getBuildConfig(): Config | null {
    const shapes = this.builtOn;
    if (!shapes || shapes.length === 0) return null;
    return { input_shape: shapes[0] };
  }
  buildFromConfig(config: Config): void {
    const shapes = 'input_shape' in config ? [config['input_shape']] : Object.values(config);
    if (shapes.length > 0 && shapes[0] !== null) this.buildOn(...(shapes as Shapes[]));
  }
  toJSON(): Config {
    return this.getConfig();
  }
  override toString(): string {
    return `<${this.className} name=${this.name}, built=${this.built}>`;
  }
}
