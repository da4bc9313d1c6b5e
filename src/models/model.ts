import { invoke } from '../base/callable.ts';
import { print } from '../base/config.ts';
import { showAsText } from '../base/display.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import { type Config, type CustomObjects, origin, type SerializableClass } from '../base/registry/serialize.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { toTensors } from '../data/nest.ts';
import type { Place } from '../formats/file.ts';
import type { H5Group } from '../formats/hdf5.ts';
import { guardMembers } from '../layers/layer/attribute-names.ts';
import { inner } from '../layers/layer/inner.ts';
import { type AnyLayer, Layer, type LayerOptions, mapShapes, type Shapes } from '../layers/layer/layer.ts';
import { type LayerStructure, type QuantizeModelOptions, quantizing } from '../layers/layer/quantization.ts';
import { refuseUnsaved } from '../layers/layer/strangers.ts';
import { flattenLayers, sublayersOf } from '../layers/layer/tracking.ts';
import { registerLayers } from '../layers/register.ts';
import * as saving from '../saving/index.ts';
import { atPath, KerasTensor, mapTensors, type Operation, type Tensor } from '../tensor/index.ts';
import { needsCall, readWeights, writeWeights } from '../training/trainable.ts';
import { graphFromConfig, graphToConfig } from './functional/functional-config.ts';
import { functionalGraph, layersOf, runGraph } from './functional/functional-graph.ts';
import { graphOf, setGraph } from './functional/graph-of.ts';
import { registerModels } from './register.ts';
import { readStateTree, type StateTree, writeStateTree } from './state-tree.ts';
import { type SummaryOptions, summaryOptions, summaryText } from './summary/summary.ts';
import { forgetSteps, TrainedModel } from './trained-model.ts';

/** Options of `Model`; a class of one's own gives neither inputs nor outputs. */
export interface ModelOptions extends LayerOptions {
  /** KerasTensors from `keras.Input`: one, a list, or an object of them. */
  readonly inputs?: Tree<KerasTensor> | undefined;
  /** KerasTensors that the model computes from its inputs. */
  readonly outputs?: Tree<Tensor> | undefined;
}

/**
 * A group of layers together with training, evaluation and saving. `new Model({ inputs, outputs })` creates a
 * functional model; a class that extends Model and has its own `call` defines a subclassed one.
 * @see https://keras.io/api/models/model/
 */
export class Model<Out = Tensor> extends TrainedModel<Out> {
  static override readonly className: string = 'Model';

  constructor(options: ModelOptions = {}, ...surplus: undefined[]) {
    const { inputs, outputs, ...rest } = options;
    const isFunctional = inputs !== undefined && outputs !== undefined;
    super({ ...rest, ...(isFunctional && rest.name === undefined && { name: autoName('functional') }) }, ...surplus);
    if ((inputs === undefined) !== (outputs === undefined))
      fail(
        this,
        `it was given ${inputs ? 'inputs without outputs' : 'outputs without inputs'}`,
        'give both, as in new Model({ inputs, outputs })',
      );
    if (isFunctional) {
      setGraph(
        this as AnyLayer,
        functionalGraph(`${this.className} "${this.name}"`, inputs, outputs as Tree<KerasTensor>),
      );
      this.built = true;
    }
  }

  override get className(): string {
    const own = this.constructor as typeof Model;
    if (own === Model) return graphOf(this) ? 'Functional' : 'Model';
    return Object.hasOwn(own, 'className') ? own.className : own.name;
  }
  get [origin](): { readonly module: string; readonly registered_name: string } | undefined {
    return this.className === 'Functional' ? functional : undefined;
  }

  protected override [invoke](inputs: any, ...options: any[]): Out {
    const count = graphOf(this)?.inputs.length ?? 1;
    // A list of plain arrays is a single array, unless there are that many inputs.
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
    return runGraph(`${this.className} "${this.name}"`, graph, inputs) as Out;
  }

  /** Layers of the model, from the inputs to the outputs. */
  get layers(): AnyLayer[] {
    const graph = graphOf(this);
    return graph ? layersOf(graph) : sublayersOf(this as AnyLayer);
  }
  /** Layers, and the ops used between them, as shown by summaries and plots. */
  get operations(): readonly Operation[] {
    return graphOf(this)?.operations ?? this.layers;
  }
  /** The KerasTensors at which it starts, as a list; undefined if unknown, as for subclassed models and before building. */
  get inputs(): readonly KerasTensor[] | undefined {
    return graphOf(this)?.inputs;
  }
  get outputs(): readonly KerasTensor[] | undefined {
    return graphOf(this)?.outputs;
  }
  override get input(): any {
    return graphOf(this)?.inputForm ?? super.input;
  }
  /** Its results, in the structure in which `outputs` were given: one KerasTensor, a list, or an object of them. */
  override get output(): any {
    return graphOf(this)?.outputForm ?? super.output;
  }
  /** The shape of each input, in the structure of `inputs`, null for unknown sizes; undefined if the inputs are unknown. */
  get inputShape(): unknown {
    const graph = graphOf(this);
    return graph && mapTensors(graph.inputForm, (t) => t.shape);
  }
  /** The shape of each output, in the structure of `outputs`, null for unknown sizes; undefined if they are unknown. */
  get outputShape(): unknown {
    const graph = graphOf(this);
    return graph && mapTensors(graph.outputForm, (t) => t.shape);
  }
  /** For each output the name of the layer that makes it; undefined if the outputs are unknown. */
  get outputNames(): readonly string[] | undefined {
    return graphOf(this)?.outputs.map((t) => t.history!.node.operation.name);
  }
  /** Finds a layer by name, or by its index in `layers`: `getLayer('dense')`, `getLayer({ index: 1 })`. */
  getLayer(
    which:
      | string
      | {
          /** The layer's name. */
          readonly name?: string;
          /** Its place in `layers`; negative from the end. */
          readonly index?: number;
        },
  ): AnyLayer {
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
    // The call adds the model's name to paths itself; a build within it must not do so again.
    const around = this[inner].path.split('/').slice(0, -1);
    atPath(around, () => this.computeOutputSpec(input));
  }

  get [needsCall](): { readonly canCall: boolean; readonly isBuilt: boolean } {
    const self = this as AnyLayer;
    return {
      canCall: graphOf(this) !== undefined || this.call !== Model.prototype.call,
      isBuilt: flattenLayers(self).every((layer) => layer === self || layer.built),
    };
  }

  [writeWeights](): Promise<H5Group> {
    return saving.weightsToH5(this as AnyLayer);
  }
  [readWeights](file: H5Group): Promise<void> {
    return saving.readWeights(this as AnyLayer, file);
  }

  /**
   * Quantizes the weights of all layers within that can be, or of those that `filters` name: `model.quantize('int8')`. Float
   * weights are let go. `mode` may be null where the config says it.
   * @see https://keras.io/guides/quantization_overview/
   */
  override quantize(mode?: string | null, options: QuantizeModelOptions = {}): void {
    quantizing(this as AnyLayer).quantizeModel(this as AnyLayer, mode, options);
    this[forgetSteps]();
  }
  /**
   * The blocks of the model that GPTQ and AWQ quantize one after the other, where the config does not name them; null here. A
   * class of one's own may write it.
   */
  getQuantizationLayerStructure(_mode?: string | null): LayerStructure | null {
    return null;
  }

  /** Prints the table of layers, or passes it to `printFn`. */
  summary(
    options: SummaryOptions & {
      /** Gets the text, lines and all; `console.log` by default. */
      readonly printFn?: (text: string) => void;
    } = {},
  ): void {
    const { printFn, ...look } = optionsOf('summary', { ...summaryOptions, printFn: true }, options);
    const text = summaryText(this, look);
    if (printFn) printFn(text);
    else print(text.trimEnd());
  }

  /** Writes the whole model, optimizer included, to a `.keras` file that Keras reads. */
  async save(filepath: Place, options: saving.SaveOptions = {}): Promise<void> {
    refuseUnsaved(this as AnyLayer);
    return saving.saveModel(this as saving.SavedModel, filepath, options);
  }
  /** Writes the weights to a `.weights.h5` file. */
  async saveWeights(filepath: Place, options: saving.SaveWeightsOptions = {}): Promise<void> {
    refuseUnsaved(this as AnyLayer);
    return saving.saveWeights(this as AnyLayer, filepath, options);
  }
  /** Sets the weights from a file that `saving.loadWeights` reads: `.weights.h5`, `.safetensors`, `.keras`, older `.h5`, and others. */
  loadWeights(filepath: saving.ModelSource, options: saving.LoadWeightsOptions = {}): Promise<void> {
    return saving.loadWeights(this as AnyLayer, filepath, options);
  }

  /**
   * Writes what the model computes, without training, for others to run: `model.export('model.onnx')` for ONNX runtimes,
   * `model.export('folder', { format: 'tfjs' })` for TensorFlow.js.
   * @see https://keras.io/api/models/model_saving_apis/export/
   */
  async export(filepath: Place, options: saving.ExportOptions = {}): Promise<void> {
    return saving.exportModel(this as saving.ExportedModel, filepath, options);
  }

  /** The model without its weights, as JSON: `models.modelFromJson` recreates it. */
  toJson(): string {
    return saving.modelToJson(this as saving.SavedModel);
  }

  get #kinds() {
    return {
      trainableVariables: this.trainableVariables,
      nonTrainableVariables: this.nonTrainableVariables,
      optimizerVariables: this.optimizer?.variables ?? [],
      metricsVariables: this.metricsVariables,
    };
  }
  /** The values of all variables, including those of the optimizer and the metrics, nested by path. */
  getStateTree(): StateTree {
    return readStateTree(this, this.#kinds);
  }
  /** Sets variables to their values in such a tree, or a part of one. */
  setStateTree(tree: Partial<StateTree>): void {
    writeStateTree(this, this.#kinds, tree);
  }

  override getConfig(): Config {
    const graph = graphOf(this);
    if (!graph) return super.getConfig();
    return { name: this.name, trainable: this.trainable, ...graphToConfig(graph) };
  }
  static override fromConfig(config: Config, customObjects?: CustomObjects): Model<any> {
    if (!('layers' in config && 'input_layers' in config))
      return Layer.fromConfig.call(this as typeof Layer, config) as Model<any>;
    const { inputs, outputs } = graphFromConfig(config, customObjects);
    const model = new this({ inputs, outputs, name: config['name'] as string });
    if (config['trainable'] === false) model.trainable = false;
    return model;
  }

  static {
    exactMethods<Model>(this, {
      quantize: 2,
      getQuantizationLayerStructure: 1,
      summary: 1,
      save: 2,
      saveWeights: 2,
      export: 2,
      loadWeights: 2,
    });
    guardMembers(this, ['inputs', 'outputs', 'inputShape', 'outputShape', 'operations']);
  }
}

showAsText(Model.prototype, String, (model) => (model.built ? `${model}\n${summaryText(model)}` : String(model)));
/** The class name of functional models in files. */
const functional = { module: 'keras.src.models.functional', registered_name: 'Functional' } as const;
const Functional = { className: 'Functional', fromConfig: (config: Config) => Model.fromConfig(config) };
registerModels(Model as SerializableClass, Functional);
// A model's file names the classes of its layers.
registerLayers();
