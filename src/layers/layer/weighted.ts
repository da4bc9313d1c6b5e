import { Callable } from '../../base/callable.ts';
import { toSnakeCase } from '../../base/case.ts';
import type { DType } from '../../base/dtype.ts';
import { asPolicy, type DTypePolicy, type PolicyLike, policyAt } from '../../base/dtype-policy.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import type { Fields, Options } from '../../base/field/field.ts';
import { autoName } from '../../base/naming.ts';
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
import { loraOf, savedVariablesOf } from './lora.ts';
import { isForTraining, metricsHeldBy, ownVariablesOf, sublayersOf, variablesOf, weightsOf } from './tracking.ts';
import { makeWeight, replaceValues, type WeightOptions } from './weights.ts';

/** All that have weights are layers. */
const asLayer = (x: object): AnyLayer => x as AnyLayer;

/** What a layer is before it computes: a name, dtypes, and weights, its own and those of the layers that it holds. */
export abstract class Weighted<S extends Fields, Args extends unknown[], Out> extends Callable<Args, Out> {
  override readonly name: string;
  readonly activityRegularizer: regularizers.Regularizer | null;
  /** What the library keeps: all other attributes are the class's own. */
  readonly [inner]: LayerState<S>;

  constructor(options: Options<S> & LayerOptions) {
    super();
    const [resolved, base] = partOptions<S, LayerOptions>(this, options, baseOptions);
    const { name, trainable = true, dtype, autocast = true } = base;
    // Some classes have it among their own options.
    const { activityRegularizer = null } = { ...base, ...(resolved as LayerOptions) };
    this.name = name ?? autoName(toSnakeCase(sourceNameOf(this)));
    if (this.name.includes('/'))
      fail(this, `the name contains "/"`, 'choose a name without it: paths are made of names');
    this[inner] = new LayerState(this.name, resolved, { trainable, autocast, policy: asPolicy(dtype) });
    this.activityRegularizer = regularizers.get(activityRegularizer);
  }

  get className(): string {
    return classNameOf(this);
  }
  /** Name with those of the layers around it, as variables' paths begin. */
  get path(): string {
    return this[inner].path;
  }

  /** Makes a variable that belongs to the layer. Only in the constructor and in `build`. */
  addWeight(options: WeightOptions = {}): Variable {
    const variable = makeWeight(this, { ...options, dtype: options.dtype ?? this.variableDtype });
    isForTraining(variable);
    this[inner].weights.push(variable);
    return variable;
  }

  /** The same, by Keras's other name. */
  addVariable(options: WeightOptions = {}): Variable {
    return this.addWeight(options);
  }
  /** Own weights, trainable ones first, then those of the layers within. */
  get weights(): Variable[] {
    return weightsOf(asLayer(this));
  }
  /** Weights, and the states of seed generators and metrics. */
  get variables(): Variable[] {
    return variablesOf(asLayer(this));
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
    return this[inner].trainable;
  }
  /** Freezes or thaws the layer and all layers within it. */
  set trainable(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `trainable was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this[inner].trainable = value;
    for (const v of ownVariablesOf(asLayer(this))) if (isForTraining(v)) v.trainable = value;
    for (const layer of sublayersOf(asLayer(this))) layer.trainable = value;
  }

  /** The metrics that it and the layers within hold as attributes: a model's training shows and resets them. */
  get metrics(): readonly Metric[] {
    return metricsHeldBy(asLayer(this));
  }
  /** The states of its metrics. */
  get metricsVariables(): Variable[] {
    return this.metrics.flatMap((metric) => metric.variables);
  }

  get dtypePolicy(): DTypePolicy {
    return this[inner].policy;
  }
  /** Changes what it computes in; weights that are made keep their dtype. */
  set dtypePolicy(value: PolicyLike) {
    if (Array.isArray(value) || typeof value === 'function')
      fail(this, 'dtypePolicy was set to what is no dtype policy', 'set one, or keep the value under another name');
    this[inner].policy = asPolicy(value);
  }
  get dtype(): DType {
    return this.dtypePolicy[policyAt](this.path).variableDtype;
  }
  get computeDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).computeDtype;
  }
  get variableDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).variableDtype;
  }
  /** The dtype to which floating-point inputs are converted. */
  get inputDtype(): DType {
    return this.dtypePolicy[policyAt](this.path).computeDtype;
  }
  /** Whether inputs and weights are converted to the dtype of computation. */
  get autocast(): boolean {
    return this[inner].autocast;
  }
  /** How weights are quantized: they are not. */
  get quantizationMode(): null {
    return null;
  }

  /** The weights' values. Tensors, that later training does not change. */
  getWeights(): Tensor[] {
    return this.weights.map((v) => v.value);
  }
  /** Replaces the weights' values, in the order of `weights`. */
  setWeights(values: readonly Like[]): void {
    replaceValues(this, this.weights, values);
  }
  /** Puts the values of its own weights into a store, under "0", "1", …. A class may override both, and files follow it. */
  saveOwnVariables(store: Record<string, Tensor>): void {
    for (const [k, v] of savedVariablesOf(asLayer(this)).entries()) store[k] = loraOf(v)?.read() ?? v.value;
  }
  /** Takes the values of its own weights from such a store. */
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
    exactMethods<Weighted<any, any, any>>(this, { addWeight: 1, addVariable: 1 });
    guardMembers(this);
  }
}
