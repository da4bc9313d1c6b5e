import { invoke } from '../base/callable.ts';
import { print } from '../base/config.ts';
import { showAsText } from '../base/display.ts';
import { fail } from '../base/errors.ts';
import type { Fields } from '../base/field.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import type { Config, CustomObjects, SerializableClass } from '../base/serialize.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import type { Data, TrainingData } from '../data/batches.ts';
import { toTensors } from '../data/nest.ts';
import type { FileSource, Place } from '../formats/file.ts';
import type { H5Group } from '../formats/hdf5.ts';
import { guardMembers } from '../layers/attribute-names.ts';
import type { CallOptions } from '../layers/call-context.ts';
import { inner } from '../layers/inner.ts';
import { type AnyLayer, Layer, type LayerOptions, mapShapes, type Shapes } from '../layers/layer.ts';
import { registerLayers } from '../layers/register.ts';
import { refuseUnsaved, refusingStrangers } from '../layers/strangers.ts';
import { flattenLayers, metricsHeldBy, sublayersOf } from '../layers/tracking.ts';
import type { Metric } from '../metrics/index.ts';
import type { Optimizer } from '../optimizers/index.ts';
import * as saving from '../saving/index.ts';
import { atPath, KerasTensor, type Like, mapTensors, type Operation, type Tensor } from '../tensor/index.ts';
import type { History } from '../training/callbacks/history.ts';
import { type CompileOptions, compileOptionsFromConfig } from '../training/compile.ts';
import * as steps from '../training/default-steps.ts';
import { type EvaluateOptions, evaluate, evaluateOptions } from '../training/evaluate.ts';
import { type FitOptions, fit, fitOptions } from '../training/fit.ts';
import type { Results } from '../training/logs.ts';
import {
  type BatchOptions,
  predictOnBatch,
  type TestBatchOptions,
  testOnBatch,
  trainOnBatch,
} from '../training/on-batch.ts';
import { type PredictOptions, predict } from '../training/predict.ts';
import type { LossInputs, MetricInputs, StepBatch, StepLogs } from '../training/step-types.ts';
import type { StepFunction } from '../training/steps.ts';
import {
  forward,
  needsCall,
  type Overridable,
  overrides,
  readWeights,
  type Trainable,
  writeWeights,
} from '../training/trainable.ts';
import { Trainer } from '../training/trainer.ts';
import { withLabels } from '../training/with-labels.ts';
import { graphFromConfig, graphToConfig } from './functional-config.ts';
import { functionalGraph, layersOf, runGraph } from './functional-graph.ts';
import { graphOf, setGraph } from './graph-of.ts';
import { registerModels } from './register.ts';
import { type SummaryOptions, summaryOptions, summaryText } from './summary.ts';

export interface ModelOptions extends LayerOptions {
  /** KerasTensors from `keras.Input`: one, a list, or an object of them. */
  readonly inputs?: Tree<KerasTensor>;
  /** KerasTensors that the model computes from its inputs. */
  readonly outputs?: Tree<Tensor>;
}

/**
 * Layers that belong together, with all that trains them. `new Model({ inputs, outputs })` makes a functional model; a class that
 * extends Model and has a `call` of its own makes a subclassed one.
 * @see https://keras.io/api/models/model/
 */
export class Model<Out = Tensor> extends Layer<Fields, [inputs: any, options?: CallOptions], Out> implements Trainable {
  static override readonly className: string = 'Model';
  readonly #loop: Trainer = new Trainer(this as unknown as Trainable);
  #isStopping = false;

  constructor(options: ModelOptions = {}) {
    const { inputs, outputs, ...rest } = options;
    const isFunctional = inputs !== undefined && outputs !== undefined;
    super({ ...rest, ...(isFunctional && rest.name === undefined && { name: autoName('functional') }) });
    if ((inputs === undefined) !== (outputs === undefined))
      fail(
        this,
        `it was given ${inputs ? 'inputs without outputs' : 'outputs without inputs'}`,
        'give both, as in new Model({ inputs, outputs })',
      );
    if (isFunctional) {
      setGraph(this as unknown as AnyLayer, functionalGraph(this.name, inputs, outputs as Tree<KerasTensor>));
      this.built = true;
    }
  }

  override get className(): string {
    const own = this.constructor as typeof Model;
    if (own === Model) return graphOf(this) ? 'Functional' : 'Model';
    return Object.hasOwn(own, 'className') ? own.className : own.name;
  }

  protected override [invoke](inputs: any, ...options: any[]): Out {
    const count = graphOf(this)?.inputs.length ?? 1;
    // A list of plain arrays is one array, unless there are as many inputs.
    const isList = count > 1 && Array.isArray(inputs) && inputs.every((x: unknown) => Array.isArray(x));
    return super[invoke](isList ? toTensors(inputs, 'inputs', count) : inputs, ...options);
  }
  override call(inputs: unknown): Out {
    const graph = graphOf(this);
    if (!graph)
      fail(
        this,
        'it has no call()',
        'write call(inputs, { training }) in the class that extends Model, or use new Model({ inputs, outputs })',
      );
    return runGraph(this.name, graph!, inputs) as Out;
  }

  /** Layers of the model, from the inputs to the outputs. */
  get layers(): AnyLayer[] {
    const graph = graphOf(this);
    return graph ? layersOf(graph) : sublayersOf(this as unknown as AnyLayer);
  }
  /** Layers, and ops used between them, as summaries and plots show them. */
  get operations(): readonly Operation[] {
    return graphOf(this)?.operations ?? this.layers;
  }
  get inputs(): readonly KerasTensor[] | undefined {
    return graphOf(this)?.inputs;
  }
  get outputs(): readonly KerasTensor[] | undefined {
    return graphOf(this)?.outputs;
  }
  override get input(): Tree<KerasTensor> {
    return graphOf(this)?.inputForm ?? super.input;
  }
  override get output(): Tree<KerasTensor> {
    return graphOf(this)?.outputForm ?? super.output;
  }
  get inputShape(): unknown {
    const graph = graphOf(this);
    return graph && mapTensors(graph.inputForm, (t) => t.shape);
  }
  get outputShape(): unknown {
    const graph = graphOf(this);
    return graph && mapTensors(graph.outputForm, (t) => t.shape);
  }
  get outputNames(): readonly string[] | undefined {
    return graphOf(this)?.outputs.map((t) => t.history!.node.operation.name);
  }
  /** A layer by name, or by its position in `layers`: `getLayer('dense')`, `getLayer({ index: 1 })`. */
  getLayer(which: string | { readonly name?: string; readonly index?: number }): AnyLayer {
    const options = typeof which === 'string' ? { name: which } : which;
    const { name, index } = optionsOf(this, { name: true, index: true }, options);
    const { layers } = this;
    if ((name === undefined) === (index === undefined))
      fail(this, 'getLayer needs a name or an index', 'model.getLayer("dense") or model.getLayer({ index: 1 })');
    const found = name === undefined ? layers.at(index!) : layers.find((layer) => layer.name === name);
    return (
      found ??
      fail(
        this,
        `there is no layer ${name === undefined ? `at index ${index}` : `"${name}"`}`,
        `its layers are ${layers.map((l) => l.name).join(', ')}`,
      )
    );
  }

  /** Builds a subclassed model by calling it on a symbolic input of the given shape, batch axis included. */
  override build(...shapes: any[]): void {
    if (graphOf(this)) return;
    if (shapes.length === 0) fail(this, 'build needs the shape of the inputs', 'e.g. model.build([null, 8])');
    const input = mapShapes(shapes[0] as Shapes, (s: SymbolicShape) => new KerasTensor(s));
    this.built = true;
    // The call enters the model's name itself, and a build within it must not do so twice.
    const around = this[inner].path.split('/').slice(0, -1);
    atPath(around, () => this.computeOutputSpec(input));
  }

  /** Whether training shall end after the step; a callback sets it. */
  get stopTraining(): boolean {
    return this.#isStopping;
  }
  set stopTraining(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `stopTraining was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this.#isStopping = value;
  }

  [forward](inputs: unknown, training: boolean): unknown {
    return refusingStrangers(this as unknown as AnyLayer, () => this(inputs as Like, { training }), {
      isTraining: training,
    });
  }

  [overrides](member: Overridable): boolean {
    return this[member] !== Model.prototype[member];
  }
  get [needsCall](): { readonly canCall: boolean; readonly isBuilt: boolean } {
    const self = this as unknown as AnyLayer;
    return {
      canCall: graphOf(this) !== undefined || this.call !== Model.prototype.call,
      isBuilt: flattenLayers(self).every((layer) => layer === self || layer.built),
    };
  }

  /**
   * One step of training on a batch, which `fit` compiles as a whole (op by op with `runEagerly`). A class of one's own may
   * write it: compute a loss, take its gradients with `keras.gradients`, give them to an optimizer, update metrics, and return
   * numbers for the logs by name.
   */
  trainStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.trainStep(this.#loop, batch);
  }
  /** One step of evaluation: loss and metrics of a batch. */
  testStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.testStep(this.#loop, batch);
  }
  /** One step of prediction: the outputs for a batch. */
  predictStep({ x }: StepBatch<any, any, any>): any {
    return this[forward](x, false);
  }
  /** The loss of a batch, a scalar: what was compiled, and what layers and regularizers add. */
  computeLoss(given: LossInputs<any, any, any, any>): Tensor {
    return this.#loop.computeLoss(given);
  }
  /** Takes a batch into the compiled metrics, and gives what `getMetricsResult` gives. */
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs {
    return this.#loop.computeMetrics(given);
  }
  /** The values of all metrics, by their names in logs; those that run on the host come into the logs after the step. */
  getMetricsResult(): StepLogs {
    return this.#loop.getMetricsResult();
  }

  [writeWeights](): Promise<H5Group> {
    return saving.weightsToH5(this as unknown as AnyLayer);
  }
  [readWeights](file: H5Group): void {
    saving.weightsFromH5(this as unknown as AnyLayer, file);
  }

  /** Prints the table of layers, or gives it to `printFn`. */
  summary(options: SummaryOptions & { readonly printFn?: (text: string) => void } = {}): void {
    const { printFn, ...look } = optionsOf('summary', { ...summaryOptions, printFn: true }, options);
    const text = summaryText(this, look);
    if (printFn) printFn(text);
    else print(text.trimEnd());
  }

  /** Says how the model learns: optimizer, loss, metrics. */
  compile(options: CompileOptions = {}): void {
    this.#loop.compile(options);
  }
  /** Trains for `epochs` rounds over the data; gives the history of loss and metrics. */
  fit(x: TrainingData, y?: Data | FitOptions, options?: FitOptions): Promise<History> {
    return fit(this.#loop, ...withLabels(x, y, options, fitOptions));
  }
  /** Loss and metrics on the data, in one array, or by name with `returnDict`. */
  evaluate(x: TrainingData, y?: Data | EvaluateOptions, options?: EvaluateOptions): Promise<Results> {
    return evaluate(this.#loop, ...withLabels(x, y, options, evaluateOptions));
  }
  /** The model's outputs for all samples. */
  predict(x: TrainingData, options: PredictOptions = {}): Promise<Out> {
    return predict(this.#loop, x, options) as Promise<Out>;
  }
  /** One training step on one batch. */
  trainOnBatch(x: Data, y?: Data | null, options: BatchOptions = {}): Promise<Results> {
    return trainOnBatch(this.#loop, x, y, options);
  }
  /** Loss and metrics of one batch. */
  testOnBatch(x: Data, y?: Data | null, options: TestBatchOptions = {}): Promise<Results> {
    return testOnBatch(this.#loop, x, y, options);
  }
  predictOnBatch(x: Data): Promise<Out> {
    return predictOnBatch(this.#loop, x) as Promise<Out>;
  }
  get optimizer(): Optimizer | undefined {
    return this.#loop.compiled?.optimizer;
  }
  get loss(): unknown {
    return this.#loop.compiled?.options.loss;
  }
  /** Metrics that were compiled, the running loss first; then those that the model and its layers hold as attributes. */
  override get metrics(): readonly Metric[] {
    // As in Keras, models within are trained by this one, and what they gather by themselves is left out.
    const held = metricsHeldBy(this as unknown as AnyLayer, (layer) => forward in layer);
    return [...new Set([...this.#loop.compiledMetrics.map(([, metric]) => metric), ...held])];
  }
  /** The names of the metrics in logs. */
  get metricsNames(): string[] {
    return this.#loop.logged.map(([name]) => name);
  }
  resetMetrics(): void {
    this.#loop.resetMetrics();
  }
  get compiled(): boolean {
    return this.#loop.compiled !== undefined;
  }
  get runEagerly(): boolean {
    return this.#loop.compiled?.runEagerly ?? false;
  }
  get history(): History | undefined {
    return this.#loop.history;
  }
  /** The compiled training step: `explain()` shows its kernels. */
  get trainFunction(): StepFunction {
    return this.#loop.trainFunction;
  }
  get testFunction(): StepFunction {
    return this.#loop.testFunction;
  }
  get predictFunction(): StepFunction {
    return this.#loop.predictFunction;
  }
  /** How it was compiled, as files keep it. */
  getCompileConfig(): Config | null {
    return this.#loop.compiled?.getConfig() ?? null;
  }
  compileFromConfig(config: Config): void {
    if (this[overrides]('compile')) {
      console.warn(
        `${this.className} "${this.name}": it was loaded without being compiled, because its class has a compile() of its own. Fix: call compile(), or override getCompileConfig() and compileFromConfig(config).`,
      );
      return;
    }
    this.#loop.compile(compileOptionsFromConfig(config));
  }

  /** Writes the whole model, optimizer included, to a `.keras` file that Keras reads. */
  async save(filepath: Place, options: saving.SaveOptions = {}): Promise<void> {
    refuseUnsaved(this as unknown as AnyLayer);
    return saving.saveModel(this as unknown as saving.SavedModel, filepath, options);
  }
  /** Writes the weights to a `.weights.h5` file. */
  async saveWeights(filepath: Place, options: saving.SaveWeightsOptions = {}): Promise<void> {
    refuseUnsaved(this as unknown as AnyLayer);
    return saving.saveWeights(this as unknown as AnyLayer, filepath, options);
  }
  loadWeights(filepath: FileSource, options: saving.LoadWeightsOptions = {}): Promise<void> {
    return saving.loadWeights(this as unknown as AnyLayer, filepath, options);
  }

  /** The model without its weights, as JSON text: `models.modelFromJson` makes it again. */
  toJson(): string {
    return saving.modelToJson(this as unknown as saving.SavedModel);
  }

  override getConfig(): Config {
    const graph = graphOf(this);
    if (!graph) return super.getConfig();
    return { name: this.name, trainable: this.trainable, ...graphToConfig(graph) };
  }
  static override fromConfig(config: Config, customObjects: CustomObjects = {}): AnyLayer {
    if (!('layers' in config && 'input_layers' in config))
      return Layer.fromConfig.call(this as unknown as typeof Layer, config);
    const { inputs, outputs } = graphFromConfig(config, customObjects);
    const model = new this({ inputs, outputs, name: config['name'] as string });
    if (config['trainable'] === false) model.trainable = false;
    return model as unknown as AnyLayer;
  }

  static {
    guardMembers(this, ['inputs', 'outputs', 'inputShape', 'outputShape', 'operations', 'history']);
  }
}

showAsText(Model.prototype, String, (model) => (model.built ? `${model}\n${summaryText(model)}` : String(model)));
/** A functional model goes under this name in files. */
const Functional = { className: 'Functional', fromConfig: (config: Config) => Model.fromConfig(config) };
registerModels(Model as SerializableClass, Functional);
// A model's file names the classes of its layers.
registerLayers();
