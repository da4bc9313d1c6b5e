import { Callable } from '../../base/callable.ts';
import { toSnakeCase } from '../../base/case.ts';
import type { DType } from '../../base/dtype.ts';
import { asPolicy, type DTypePolicy, type PolicyLike, policyAt } from '../../base/dtype-policy.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import type { Fields, Options } from '../../base/field/field.ts';
import { autoName } from '../../base/naming.ts';
import { show } from '../../base/options.ts';
import { classNameOf, partOptions } from '../../base/registry/configured.ts';
import { sourceNameOf } from '../../base/registry/serialize.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Metric } from '../../metrics/index.ts';
import * as regularizers from '../../regularizers/index.ts';
import type { Like, Tensor, Variable } from '../../tensor/index.ts';
import { guardMembers } from './attribute-names.ts';
import { inner, LayerState } from './inner.ts';
import type { AnyLayer } from './layer.ts';
import { baseOptions, type LayerOptions } from './layer-options.ts';
import { savedVariablesOf, valueInFiles } from './lora.ts';
import { type QuantizeOptions, quantizing } from './quantization.ts';
import { isForTraining, metricsHeldBy, ownVariablesOf, sublayersOf, variablesOf, weightsOf } from './tracking.ts';
import { makeWeight, replaceValues, type WeightOptions } from './weights.ts';

/** Everything with weights is a layer. */
const asLayer = (x: object): AnyLayer => x as AnyLayer;

/** What a layer is apart from computing: a name, dtypes, and weights, its own and those of the layers it holds. */
export abstract class Weighted<S extends Fields, Args extends unknown[], Out> extends Callable<Args, Out> {
  override readonly name: string;
  /** Computes a penalty from the outputs of each call, which is added to the loss; null for none. */
  readonly activityRegularizer: regularizers.Regularizer | null;
  /** The library's own state; all other attributes belong to the class. */
  readonly [inner]: LayerState<S>;

  constructor(options: Options<S> & LayerOptions, ...surplus: undefined[]) {
    super(...surplus);
    const [resolved, base] = partOptions<S, LayerOptions>(this, options, baseOptions);
    const { name, trainable = true, dtype, autocast = true } = base;
    // Some classes have it among their own options.
    const { activityRegularizer = null } = { ...base, ...(resolved as LayerOptions) };
    this.name = name ?? autoName(toSnakeCase(sourceNameOf(this)));
    if (typeof this.name !== 'string')
      fail(this.className, `option "name" must be a string, got ${show(this.name)}`, 'give a name as text, or none');
    if (this.name.includes('/'))
      fail(this, `the name contains "/"`, 'choose a name without it: paths are made of names');
    this[inner] = new LayerState(this.name, resolved, { trainable, autocast, policy: asPolicy(dtype) });
    this.activityRegularizer = regularizers.get(activityRegularizer);
  }

  /** The name of its class, by which files refer to it. */
  get className(): string {
    return classNameOf(this);
  }
  /** The name, prefixed with those of the enclosing layers, with which variable paths begin. */
  get path(): string {
    return this[inner].path;
  }

  /** Creates a variable that belongs to the layer. Only allowed in the constructor and in `build`. */
  addWeight(options: WeightOptions = {}): Variable {
    const variable = makeWeight(this, { ...options, dtype: options.dtype ?? this.variableDtype });
    isForTraining(variable);
    this[inner].weights.push(variable);
    return variable;
  }

  /** Another name of `addWeight`, as in Keras. */
  addVariable(options: WeightOptions = {}): Variable {
    return this.addWeight(options);
  }
  /** Its own weights, trainable ones first, then those of nested layers. */
  get weights(): Variable[] {
    return weightsOf(asLayer(this));
  }
  /** Weights, and the states of seed generators and metrics. */
  get variables(): Variable[] {
    return variablesOf(asLayer(this));
  }
  /** The weights that training updates: none while `trainable` is false. */
  get trainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => v.trainable) : [];
  }
  /** The weights that training leaves alone: all of them while `trainable` is false. */
  get nonTrainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => !v.trainable) : this.weights;
  }
  /** The variables that training updates: none while `trainable` is false. */
  get trainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => v.trainable) : [];
  }
  /** The variables that no optimizer updates: frozen weights, moving statistics, states of seed generators and metrics. */
  get nonTrainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => !v.trainable) : this.variables;
  }
  get trainable(): boolean {
    return this[inner].trainable;
  }
  /** Freezes or unfreezes the layer and all nested layers. */
  set trainable(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `trainable was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this[inner].trainable = value;
    for (const v of ownVariablesOf(asLayer(this))) if (isForTraining(v)) v.trainable = value;
    for (const layer of sublayersOf(asLayer(this))) layer.trainable = value;
  }

  /** The metrics held as attributes by the layer and nested layers: they are shown and reset in training. */
  get metrics(): readonly Metric[] {
    return metricsHeldBy(asLayer(this));
  }
  /** The state variables of its metrics. */
  get metricsVariables(): Variable[] {
    return this.metrics.flatMap((metric) => metric.variables);
  }

  get dtypePolicy(): DTypePolicy {
    return this[inner].policy;
  }
  /** Changes the compute dtype; existing weights keep theirs. */
  set dtypePolicy(value: PolicyLike) {
    if (Array.isArray(value) || typeof value === 'function')
      fail(this, 'dtypePolicy was set to what is no dtype policy', 'set one, or keep the value under another name');
    const policy = asPolicy(value);
    const mode = policy[policyAt](this.path).quantizationMode;
    const { built } = asLayer(this);
    if (mode !== null && built && !this[inner].quantized) this.quantize(mode);
    this[inner].policy = policy;
  }
  /** The dtype of its weights: another name of `variableDtype`. */
  get dtype(): DType {
    return this.dtypePolicy[policyAt](this.path).variableDtype;
  }
  /** The dtype in which it computes, and of its outputs. */
  get computeDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).computeDtype;
  }
  /** The dtype of its weights. */
  get variableDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).variableDtype;
  }
  /** The dtype that floating-point inputs are cast to. */
  get inputDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).computeDtype;
  }
  /** Whether inputs and weights are cast to the compute dtype. */
  get autocast(): boolean {
    return this[inner].autocast;
  }
  /** How weights are quantized, if they are: `'int8'`, `'int4'`, `'float8'`, `'gptq'` or `'awq'`. */
  get quantizationMode(): string | null {
    return this.dtypePolicy[policyAt](this.path).quantizationMode;
  }
  /**
   * Quantizes the weights, which must be built: `layer.quantize('int8')`. Float weights are let go. `mode` may be null where the
   * config says it.
   * @see https://keras.io/guides/quantization_overview/
   */
  quantize(mode?: string | null, options: QuantizeOptions = {}): void {
    quantizing(asLayer(this)).quantizeLayer(asLayer(this), mode, options);
  }

  /** The values of the weights, as tensors that later training does not change. */
  getWeights(): Tensor[] {
    return this.weights.map((v) => v.value);
  }
  /** Sets the values of the weights, in the order of `weights`. */
  setWeights(values: readonly Like[]): void {
    replaceValues(this, this.weights, values);
  }
  /**
   * Writes the values of its own weights to a store, under "0", "1", …. A class may override both methods to control
   * what files contain.
   */
  saveOwnVariables(store: Record<string, Tensor>): void {
    for (const [k, v] of savedVariablesOf(asLayer(this)).entries()) store[k] = valueInFiles(v) ?? v.value;
  }
  /** Reads the values of its own weights from such a store. */
  loadOwnVariables(store: Readonly<Record<string, Like>>): void {
    replaceValues(
      this,
      savedVariablesOf(asLayer(this)),
      Object.keys(store).map((_, k) => store[k]),
    );
  }
  /** Number of scalars in all weights. */
  countParams(): number {
    return this.weights.reduce((n, v) => n + sizeOf(v.shape), 0);
  }

  static {
    exactMethods<Weighted<any, any, any>>(this, { addWeight: 1, addVariable: 1, quantize: 2 });
    guardMembers(this);
  }
}
