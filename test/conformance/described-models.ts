import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Config, SerializedObject } from '../../src/base/registry/serialize.ts';
import * as layers from '../../src/layers/index.ts';
import { Layer } from '../../src/layers/layer/layer.ts';
import '../../src/models/index.ts';
import type { Model } from '../../src/models/index.ts';
import { mish } from '../../src/ops/index.ts';
import { modelFromConfig } from '../../src/saving/index.ts';
import type { Tensor } from '../../src/tensor/index.ts';
import { PositionEncoding } from './custom-objects.ts';

/** Two convolutions and what goes with them. */
class DemoSubclassingLayer extends Layer {
  static override readonly className = 'DemoSubclassingLayer';
  readonly conv1: Layer;
  readonly conv2: Layer;
  readonly norm: Layer;
  readonly dropout: Layer;
  constructor(options: { filters1: number; filters2: number; dropoutRate: number }) {
    const { filters1, filters2, dropoutRate, ...rest } = options;
    super(rest);
    this.conv1 = new layers.Conv2D({ filters: filters1, kernelSize: 3 });
    this.conv2 = new layers.Conv2D({ filters: filters2, kernelSize: 3 });
    this.norm = new layers.BatchNormalization();
    this.dropout = new layers.Dropout({ rate: dropoutRate });
  }
  override call(x: Tensor): Tensor {
    return mish(this.norm(this.conv2(this.dropout(mish(this.conv1(x))))));
  }
  static override fromConfig(config: Config): Layer {
    const { filters_1, filters_2, dropout_rate, ...rest } = config as Record<string, number>;
    return new DemoSubclassingLayer({
      ...rest,
      filters1: filters_1!,
      filters2: filters_2!,
      dropoutRate: dropout_rate!,
    });
  }
}
const customObjects = { DemoSubclassingLayer, PositionEncoding };

/** Cases about models that are described by their configs, with the models made again; cases of others are left out. */
export function rebuildable<C extends { readonly id: string; readonly model?: string }>(
  family: string,
): { cases: C[]; models: Map<string, Model>; compileConfigs: Map<string, Config>; notMade: readonly string[] } {
  const file = readFileSync(new URL(`../data/${family}/cases.json.gz`, import.meta.url));
  const { models: configs, cases } = JSON.parse(gunzipSync(file).toString('utf8')) as {
    models: Record<string, SerializedObject>;
    cases: C[];
  };
  const models = new Map<string, Model>();
  const compileConfigs = new Map<string, Config>();
  const notMade: string[] = [];
  for (const [name, config] of Object.entries(configs)) {
    try {
      models.set(
        name,
        modelFromConfig(config as unknown as Config, { compile: false, customObjects }) as unknown as Model,
      );
      if (config.compile_config) compileConfigs.set(name, config.compile_config as Config);
    } catch (error) {
      // A layer that is not here yet leaves a model out; any other error is a fault.
      const { message } = error as Error;
      const missing = /deserialize "(\w+)": no class of this name is known/.exec(message)?.[1];
      if (missing === undefined) throw error;
      notMade.push(`${name} needs ${missing}`);
    }
  }
  if (notMade.length > 0) console.log(`${family}, not run: ${notMade.join('; ')}`);
  return { cases: cases.filter((c) => c.model !== undefined && models.has(c.model)), models, compileConfigs, notMade };
}
