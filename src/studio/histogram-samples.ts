import { fail } from '../base/errors.ts';
import type { Tree } from '../base/tree.ts';
import { toTensors } from '../data/nest.ts';
import { graphOf } from '../models/functional/graph-of.ts';
import type { Model } from '../models/index.ts';
import { gradients, jit, type Tensor } from '../tensor/index.ts';
import { forward } from '../training/trainable.ts';
import { valuesOf } from './activations.ts';
import { histogramOf } from './histogram.ts';
import type { StudioOptions } from './options.ts';
import type { StudioHistogram } from './protocol.ts';

type Histograms = Readonly<Record<string, StudioHistogram>>;

/** Histograms of a model's weights, and of gradients and activations for samples. */
export class HistogramSamples {
  readonly #model: Model<any>;
  readonly #x: Tree<Tensor> | undefined;
  readonly #y: Tree<Tensor> | undefined;
  readonly #slopes: (x: Tree<Tensor>, y: Tree<Tensor>) => Tensor[];

  constructor(model: Model<any>, data: StudioOptions['histogramData'] = null) {
    this.#model = model;
    [this.#x, this.#y] = (data ?? []).map((part) => toTensors(part, 'histogramData') as Tree<Tensor>);
    if (this.#x !== undefined && this.#y === undefined && !graphOf(model))
      fail(model, 'it has no graph whose nodes could be watched', 'give histogramData as [x, y], for gradients alone');
    this.#slopes = jit(
      (x, y) =>
        gradients(
          () => model.computeLoss({ x, y, yPred: model[forward](x, false), sampleWeight: undefined, training: false }),
          model.trainableVariables,
        ).gradients,
      { name: 'histograms' },
    );
  }

  async histograms(): Promise<['weights' | 'gradients' | 'activations', Histograms][]> {
    const variables = this.#model.trainableVariables;
    const weights = await named(variables.map(({ path, value }) => [path, value]));
    if (this.#x === undefined) return [['weights', weights]];
    const slopes = this.#y === undefined ? [] : this.#slopes(this.#x, this.#y);
    const values = graphOf(this.#model) ? valuesOf(this.#model, this.#x) : [];
    const all: [of: 'weights' | 'gradients' | 'activations', Histograms][] = [['weights', weights]];
    if (slopes.length > 0) all.push(['gradients', await named(slopes.map((slope, k) => [variables[k].path, slope]))]);
    if (values.length > 0) all.push(['activations', await named(values.map(({ id, y }) => [id, y]))]);
    return all;
  }
}

async function named(list: readonly (readonly [name: string, values: Tensor])[]): Promise<Histograms> {
  const found: Record<string, StudioHistogram> = {};
  for (const [name, values] of list) found[name] = histogramOf((await values.data()) as ArrayLike<number>);
  return found;
}
