import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HornbeamError } from '../base/errors.ts';
import * as keras from '../index.ts';
import { placeSaveables } from '../saving/keras/saveables.ts';

const { layers } = keras;
const denses = () => [new layers.Dense({ units: 4 }), new layers.Dense({ units: 1 })];
type Denses = ReturnType<typeof denses>;

/** All names on objects of the library, and some that users like. */
function manyNames(): string[] {
  const names = new Set(
    'stack network config madeIn loop batchShape steps fields state blocks graph vars block inputs outputs history metrics \
loss optimizer forward backward layer layersList own kernel path name model self parent head body tail cells arguments caller \
length prototype apply then constructor hasOwnProperty toString valueOf'.split(' '),
  );
  const input = keras.Input({ shape: [1] });
  const dense = new layers.Dense({ units: 1 });
  const functional = new keras.Model({ inputs: input, outputs: dense(input) });
  const objects = [
    dense,
    functional,
    new keras.Sequential(),
    new layers.LSTM({ units: 1 }),
    new keras.metrics.Mean(),
    input,
  ];
  for (const object of objects)
    for (let x: object = object; x !== Object.prototype; x = Object.getPrototypeOf(x) as object)
      for (const name of Object.getOwnPropertyNames(x)) names.add(name);
  return [...names];
}
const assign = (owner: object, name: string): void => void Reflect.set(owner, name, denses());
/** What a class field does. */
const define = (owner: object, name: string): void =>
  void Object.defineProperty(owner, name, { value: denses(), enumerable: true, writable: true, configurable: true });

function tower(Base: typeof keras.Layer | typeof keras.Model, name: string, give: typeof assign): keras.Layer {
  class Tower extends (Base as typeof keras.Layer) {
    constructor() {
      super();
      give(this, name);
    }
    call(x: keras.Tensor): keras.Tensor {
      return (this as unknown as Record<string, Denses>)[name]!.reduce<keras.Tensor>((y, layer) => layer(y), x);
    }
  }
  return new Tower();
}

test.each([
  ['a layer', 'assigned', keras.Layer, assign],
  ['a layer', 'a class field', keras.Layer, define],
  ['a model', 'assigned', keras.Model, assign],
  ['a model', 'a class field', keras.Model, define],
] as const)('attributes of %s, %s: layers under any name are found, or the name is refused', (_, __, Base, give) => {
  const refused: string[] = [];
  const wrong: string[] = [];
  for (const name of manyNames())
    try {
      const made = tower(Base, name, give);
      made(keras.Input({ shape: [3] }));
      const saved = placeSaveables(made as Parameters<typeof placeSaveables>[0]).flatMap(({ variables }) => variables);
      const counts = [made.countParams(), made.trainableVariables.length, saved.length];
      if (counts.join() !== '21,4,4') wrong.push(`${name}: ${counts.join()}`);
    } catch (error) {
      if (error instanceof HornbeamError && error.message.includes(`"${name}" cannot be set`)) refused.push(name);
      else if (error instanceof HornbeamError && error.message.includes(`${name} was set to`)) refused.push(name);
      else wrong.push(`${name}: ${String(error)}`);
    }
  expect(wrong).toEqual([]);
  // What Keras has no member for is free, and so is what only some layers have.
  for (const name of [
    'stack',
    'network',
    'config',
    'madeIn',
    'loop',
    'batchShape',
    'graph',
    'steps',
    'inputs',
    'history',
    'units',
  ])
    expect(refused).not.toContain(name);
});

test('fields of a TypeScript class may have the names that the library once used inside', async () => {
  class Tower extends keras.Layer {
    static override readonly className = 'Tower';
    readonly stack = denses();
    private readonly madeIn = new layers.Dense({ units: 1 });
    protected network = { deep: [new layers.Dense({ units: 1 })] };
    config = new Map([['a', new layers.Dense({ units: 1 })]]);
    loop = new layers.Dense({ units: 1 });
    call(x: keras.Tensor): keras.Tensor {
      const all = [...this.stack, this.madeIn, this.network.deep[0]!, this.config.get('a')!, this.loop];
      return all.reduce<keras.Tensor>((y, layer) => layer(y), x);
    }
  }
  const input = keras.Input({ shape: [3] });
  const model = new keras.Model({ inputs: input, outputs: new Tower()(input) });
  expect(model.countParams()).toBe(29);
  const folder = await mkdtemp(join(tmpdir(), 'names-'));
  await model.save(join(folder, 'm.keras'));
  const again = await keras.models.loadModel<keras.Model>(join(folder, 'm.keras'), { customObjects: { Tower } });
  const x = [[1, 2, 3]];
  expect(await (await again.predict(x)).array()).toEqual(await (await model.predict(x)).array());
  await rm(folder, { recursive: true });
});

test('attributes whose names differ in spelling alone, and dictionaries without a prototype, are saved apart', async () => {
  class Twins extends keras.Layer {
    static override readonly className = 'Twins';
    readonly my_layer = new layers.Dense({ units: 2 });
    readonly myLayer = new layers.Dense({ units: 2 });
    readonly bare = Object.assign(Object.create(null) as object, { last: new layers.Dense({ units: 2 }) });
    call(x: keras.Tensor): keras.Tensor {
      return this.bare.last(this.myLayer(this.my_layer(x)));
    }
  }
  const input = keras.Input({ shape: [2] });
  const model = new keras.Model({ inputs: input, outputs: new Twins()(input) });
  expect(model.countParams()).toBe(18);
  const folder = await mkdtemp(join(tmpdir(), 'twins-'));
  await model.save(join(folder, 'm.keras'));
  const again = await keras.models.loadModel<keras.Model>(join(folder, 'm.keras'), { customObjects: { Twins } });
  const x = [[1, 2]];
  expect(await (await again.predict(x)).array()).toEqual(await (await model.predict(x)).array());
  await rm(folder, { recursive: true });
});

test('a functional model trains layers that its class holds beside the graph, as in Keras', () => {
  class WithExtra extends keras.Model {
    readonly extra: InstanceType<typeof layers.Dense>;
    constructor() {
      const input = keras.Input({ shape: [3] });
      super({ inputs: input, outputs: new layers.Dense({ units: 2 })(input) });
      this.extra = new layers.Dense({ units: 4 });
      this.extra.build([null, 3]);
    }
  }
  const model = new WithExtra();
  expect(model.countParams()).toBe(24);
  expect(model.layers).toHaveLength(2);
});

test('a build or a call kept in an attribute is used', async () => {
  class Scale extends keras.Layer {
    kernel!: keras.Variable;
    override build = (shape: readonly (number | null)[]): void => {
      this.kernel = this.addWeight({ name: 'kernel', shape: [shape.at(-1)!], initializer: 'ones' });
    };
    override call = (x: keras.Tensor): keras.Tensor => keras.ops.multiply(x, this.kernel);
  }
  const scale = new Scale();
  expect(await scale([[1, 2]]).array()).toEqual([[1, 2]]);
  expect(scale.countParams()).toBe(2);
});
test('containers that hold themselves are gone through once', async () => {
  class Ring extends keras.Layer {
    static override readonly className: string = 'Ring';
    readonly parts: Record<string, unknown> = { dense: new layers.Dense({ units: 2 }) };
    constructor(options: keras.LayerOptions = {}) {
      super(options);
      this.parts['self'] = this.parts;
      this.parts['owner'] = this;
    }
    override call(x: keras.Tensor): keras.Tensor {
      return (this.parts['dense'] as InstanceType<typeof layers.Dense>)(x) as keras.Tensor;
    }
  }
  const inputs = keras.Input({ shape: [3] });
  const model = new keras.Model({ inputs, outputs: new Ring()(inputs) });
  const again = await keras.models.loadModel<keras.Model>(await keras.saving.modelToKeras(model as never), {
    customObjects: { Ring },
  });
  expect(await again.getWeights()[0]!.array()).toEqual(await model.getWeights()[0]!.array());
});
test('a layer in an attribute is never taken for a hook of the library', async () => {
  class Keeper extends keras.Layer {
    static override readonly className: string = 'Keeper';
    readonly saveAssets = new layers.Dense({ units: 2 });
    readonly loadAssets = new layers.Dense({ units: 2 });
    override call(x: keras.Tensor): keras.Tensor {
      return this.loadAssets(this.saveAssets(x)) as keras.Tensor;
    }
  }
  const inputs = keras.Input({ shape: [3] });
  const model = new keras.Model({ inputs, outputs: new Keeper()(inputs) });
  const again = await keras.models.loadModel<keras.Model>(await keras.saving.modelToKeras(model as never), {
    customObjects: { Keeper },
  });
  expect(again.countParams()).toBe(14);
});
test.each(['built', 'call', 'name', 'getConfig'])('a weight that build puts in place of "%s" is refused', (name) => {
  class Mistaken extends keras.Layer {
    static override readonly className: string = 'Mistaken';
    override build(): void {
      Reflect.set(this, name, this.addWeight({ shape: [2] }));
    }
    override call(x: keras.Tensor): keras.Tensor {
      return x;
    }
  }
  expect(() => new Mistaken()(keras.Input({ shape: [3] }))).toThrow(`the attribute "${name}" cannot be set`);
});
