import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;

interface BlockOptions extends keras.LayerOptions {
  filters1: number;
  dropoutRate: number;
  _hidden?: number;
}
class Block extends keras.Layer {
  static override readonly className: string = 'Block';
  readonly filters1: number;
  readonly dropoutRate: number;
  readonly hidden: number;
  readonly conv1: InstanceType<typeof layers.Conv2D>;
  constructor({ filters1, dropoutRate, _hidden = 0, ...options }: BlockOptions) {
    super(options);
    this.filters1 = filters1;
    this.dropoutRate = dropoutRate;
    this.hidden = _hidden;
    this.conv1 = new layers.Conv2D({ filters: filters1, kernelSize: 3 });
  }
  override call(x: keras.Tensor): keras.Tensor {
    return this.conv1(x);
  }
  override getConfig(): keras.saving.Config {
    const { filters1, dropoutRate, hidden } = this;
    return { ...super.getConfig(), filters1, dropoutRate, _hidden: hidden, styleOf: { lineWidth: 2 } };
  }
  static override fromConfig({ styleOf: _, ...config }: keras.saving.Config): Block {
    return super.fromConfig(config) as unknown as Block;
  }
}
/** As one writes `return cls(**config)` in Python. */
class Direct extends Block {
  static override readonly className = 'Direct';
  override getConfig(): keras.saving.Config {
    const { styleOf: _, ...config } = super.getConfig();
    return { ...config, activity_regularizer: 'l2' };
  }
  static override fromConfig(config: keras.saving.Config): Direct {
    return new Direct(config as never);
  }
}

const configIn = (model: keras.Model): Record<string, unknown> => JSON.parse(model.toJson()).config.layers[1].config;

test.each([Block, Direct])('options of a custom layer are snake_case on disk, and come back', (Class) => {
  const x = keras.Input({ shape: [8, 8, 3] });
  const block = new Class({ filters1: 4, dropoutRate: 0.5, _hidden: 7 });
  const model = new keras.Model({ inputs: x, outputs: block(x) });
  const config = configIn(model);
  expect(config).toMatchObject({ filters_1: 4, dropout_rate: 0.5, _hidden: 7 });
  expect(Object.keys(config).filter((key) => /[A-Z]/.test(key))).toEqual([]);
  if (Class === Block) expect(config['style_of']).toEqual({ lineWidth: 2 }); // values are the user's
});

test('a fromConfig of one’s own may pass the config on, or read either spelling', () => {
  const x = keras.Input({ shape: [8, 8, 3] });
  const direct = new Direct({ filters1: 4, dropoutRate: 0.5, _hidden: 7 });
  const model = new keras.Model({ inputs: x, outputs: direct(x) });
  const again = keras.models.modelFromJson<keras.Model>(model.toJson(), { customObjects: { Direct } });
  const found = again.layers[1] as unknown as Direct;
  expect([found.filters1, found.dropoutRate, found.hidden]).toEqual([4, 0.5, 7]);
  expect(found.activityRegularizer).not.toBeNull();
  let read: unknown[] = [];
  class Reader extends keras.Layer {
    static override readonly className = 'Reader';
    call(t: keras.Tensor): keras.Tensor {
      return t;
    }
    override getConfig(): keras.saving.Config {
      return { ...super.getConfig(), keptSize: 3 };
    }
    static override fromConfig({ keptSize, kept_size, name }: keras.saving.Config): Reader {
      read = [keptSize, kept_size];
      return new Reader({ name: name as string });
    }
  }
  const reader = new keras.Model({ inputs: x, outputs: new Reader()(x) });
  keras.models.modelFromJson(reader.toJson(), { customObjects: { Reader } });
  expect(read).toEqual([3, 3]);
});

test('losses and metrics of one’s own: camelCase options come back', () => {
  class Scaled extends keras.Loss {
    static override readonly className = 'Scaled';
    readonly scaleBy: number;
    constructor({ scaleBy, ...options }: { scaleBy: number } & keras.losses.LossOptions) {
      super(options);
      this.scaleBy = scaleBy;
    }
    call(yTrue: keras.Tensor, yPred: keras.Tensor): keras.Tensor {
      return ops.mean(ops.multiply(ops.abs(ops.subtract(yTrue, yPred)), this.scaleBy), { axis: -1 });
    }
    override getConfig(): keras.saving.Config {
      return { ...super.getConfig(), scaleBy: this.scaleBy };
    }
  }
  const written = keras.saving.serializeKerasObject(new Scaled({ scaleBy: 3 })) as { config: object };
  expect(written.config).toMatchObject({ scale_by: 3 });
  const again = keras.saving.deserializeKerasObject(written, { Scaled }) as Scaled;
  expect(again.scaleBy).toBe(3);
});

test('a class whose config lacks what its constructor takes is named when it is written, and when it is read', () => {
  class Head extends keras.Layer {
    static override readonly className = 'Head';
    readonly dense: keras.layers.Dense;
    constructor({
      units,
      useBias: isBiased = true,
      ...options
    }: { units: number; useBias?: boolean } & keras.LayerOptions) {
      super(options);
      this.dense = new keras.layers.Dense({ units, useBias: isBiased });
    }
    call(x: keras.Tensor): keras.Tensor {
      return this.dense(x);
    }
  }
  const made = (head: keras.Layer) => new keras.Sequential([keras.Input({ shape: [2] }), head]);
  expect(() => made(new Head({ units: 3, name: 'top' })).toJson()).toThrow(
    /Head "top": its class has no getConfig\(\), which would tell the units, useBias [\s\S]*units: this\.units, useBias: this\.useBias/,
  );
  class Vague extends Head {
    override getConfig(): keras.saving.Config {
      return super.getConfig();
    }
  }
  const json = made(new Vague({ units: 3, name: 'top' })).toJson();
  expect(() => keras.models.modelFromJson(json, { customObjects: { Vague } })).toThrow(
    /Vague "top": it cannot be made again[\s\S]*units[\s\S]*Fix: let getConfig\(\) of Vague/,
  );
});

test('whatever is written by its class says what its constructor takes, however it takes it', () => {
  const { serializeKerasObject } = keras.saving;
  const zero = (_: keras.Tensor, y: keras.Tensor): keras.Tensor => ops.zeros([y.shape[0]!]);
  class Scaled extends keras.Loss {
    readonly scaleBy: number;
    constructor({ scaleBy = 2, ...options }: { scaleBy?: number } & keras.losses.LossOptions = {}) {
      super(options);
      this.scaleBy = scaleBy;
    }
    call = zero;
  }
  expect(() => serializeKerasObject(new Scaled())).toThrow(/Scaled "scaled": .*would tell the scaleBy/);
  // Taken apart in the body.
  class Above extends keras.metrics.Mean {
    readonly bound: number;
    constructor(options: { bound: number; name?: string }) {
      const { bound, ...rest } = options;
      super(rest);
      this.bound = bound;
    }
  }
  expect(() => serializeKerasObject(new Above({ bound: 2 }))).toThrow(/Above "mean": .*would tell the bound that/);
  // Asked for one by one.
  class Asked extends keras.initializers.Initializer {
    readonly low: number;
    constructor(options: { low?: number } = {}) {
      super();
      this.low = options.low ?? 0;
    }
    override values(shape: readonly number[]): keras.Tensor {
      return ops.full(shape, this.low);
    }
  }
  expect(() => serializeKerasObject(new Asked({ low: 1 }))).toThrow(
    /^Asked: its class has no getConfig\(\), which would tell the low/,
  );
  class Placed extends keras.Layer {
    readonly units: number;
    constructor(units: number, options: keras.LayerOptions) {
      super(options);
      this.units = units;
    }
    call(t: keras.Tensor): keras.Tensor {
      return t;
    }
  }
  expect(() => new Placed(3, { name: 'p' }).getConfig()).toThrow(
    /Placed "p": .*takes units, options by position.*\n.*constructor\(\{ units, options, /,
  );
  // What needs no config of its own: no options, or those of the class above.
  class Named extends keras.Loss {
    constructor(options: keras.losses.LossOptions = {}) {
      super({ name: options.name ?? 'own', ...options });
    }
    call = zero;
  }
  class Steep extends keras.losses.Huber {}
  class Plain extends keras.Metric {
    override result(): number {
      return 0;
    }
  }
  for (const object of [new Named(), new Steep({ delta: 2 }), new Plain()])
    expect(serializeKerasObject(object)).toHaveProperty('config');
});
