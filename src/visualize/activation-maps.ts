import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { Model } from '../models/index.ts';
import type { Like, Tensor } from '../tensor/index.ts';
import { findLayer, type LayerPath, mapsIn, runTapped } from './tapped.ts';

/** Options of `activationMaps`. */
export interface ActivationMapsOptions {
  /** Names of layers, `'base/block5'` for one within a nested model; by default all whose outputs are maps. */
  readonly layers?: readonly string[] | undefined;
}
export const activationMapsNames: OptionNames<ActivationMapsOptions> = { layers: true };

/** A model that returns maps instead of its outputs. */
class Maps extends Model<Tensor[]> {
  static override readonly className: string = 'Maps';
  readonly whole: Model<any>;
  readonly #paths: readonly LayerPath[];
  constructor(whole: Model<any>, paths: readonly LayerPath[]) {
    super();
    this.whole = whole;
    this.#paths = paths;
  }
  override call(images: Tensor): Tensor[] {
    const maps: Tensor[] = [];
    runTapped(this.whole, this.#paths, images, (x, place) => (maps[place] ??= x));
    return maps;
  }
}

/**
 * The outputs of a functional model's layers for images, by layer name: `[n, height, width, channels]` each. Nested
 * models whose own output is no map contribute their layers, named like `'base/block5'`.
 * @example
 * const { block1_conv1: edges } = await keras.visualization.activationMaps(model, photographs);
 */
export const activationMaps = exact(
  'visualization.activationMaps',
  3,
  async (model: Model<any>, images: Like, options: ActivationMapsOptions = {}): Promise<Record<string, Tensor>> => {
    const { layers } = optionsOf('activationMaps', activationMapsNames, options);
    const paths =
      layers?.map((name) => findLayer('activationMaps', model, name)) ??
      mapsIn('activationMaps', model).map(({ path }) => path);
    const maps = await new Maps(model, paths).predict(images, { verbose: 0 });
    return Object.fromEntries(paths.map((path, k) => [path.join('/'), maps[k]]));
  },
);
