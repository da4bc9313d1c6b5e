import { expect, expectTypeOf, test } from 'vitest';
import * as keras from '../../index.ts';

const { ops } = keras;

interface MishBlockOptions extends keras.LayerOptions {
  filters: number;
  dropoutRate?: number;
}
/** As README has it. */
class MishBlock extends keras.Layer {
  static override readonly className = 'MishBlock';
  readonly filters: number;
  readonly conv: keras.layers.Conv2D;
  readonly dropout: keras.layers.Dropout;

  constructor({ filters, dropoutRate = 0.5, ...options }: MishBlockOptions) {
    super(options);
    this.filters = filters;
    this.conv = new keras.layers.Conv2D({ filters, kernelSize: 3, padding: 'same' });
    this.dropout = new keras.layers.Dropout({ rate: dropoutRate });
  }
  override call(x: keras.Tensor, { training }: keras.CallOptions = {}) {
    return this.dropout(ops.mish(this.conv(x)), { training });
  }
  override getConfig() {
    return { ...super.getConfig(), filters: this.filters, dropoutRate: this.dropout.rate };
  }
}

/** Weights of its own, no options of the call. */
class Scale extends keras.Layer {
  scale!: keras.Variable;
  override build(inputShape: (number | null)[]) {
    this.scale = this.addWeight({ name: 'scale', shape: [inputShape.at(-1)!], initializer: 'ones' });
  }
  override call(x: keras.Tensor) {
    return x.mul(this.scale);
  }
  override computeOutputShape(inputShape: (number | null)[]) {
    return inputShape;
  }
}
/** Several inputs in a list, several outputs. */
class Mix extends keras.Layer<{}, [inputs: [keras.Tensor, keras.Tensor]], [keras.Tensor, keras.Tensor]> {
  override call([a, b]: [keras.Tensor, keras.Tensor]): [keras.Tensor, keras.Tensor] {
    return [a.add(b), a.sub(b)];
  }
}
/** A second tensor, and an option of its own. */
interface AttendOptions extends keras.CallOptions {
  factor?: number;
}
class Attend extends keras.Layer<{}, [query: keras.Tensor, value: keras.Tensor, options?: AttendOptions]> {
  override supportsMasking = true;
  override call(query: keras.Tensor, value: keras.Tensor, { factor = 1 }: AttendOptions = {}) {
    return query.add(value.mul(factor));
  }
}
class Small extends keras.Model {
  readonly block = new MishBlock({ filters: 2 });
  readonly flat = new keras.layers.Flatten();
  readonly head = new keras.layers.Dense({ units: 1 });
  override call(x: keras.Tensor, { training }: keras.CallOptions = {}) {
    return this.head(this.flat(this.block(x, { training })));
  }
}

for (const Class of [MishBlock, Scale]) keras.saving.registerKerasSerializable(Class, { package: 'custom-layer-test' });

test('custom layers as Keras users write them type-check, and their calls have the types of `call`', async () => {
  const image = keras.Input({ shape: [8, 8, 3] });
  const block = new MishBlock({ filters: 4, name: 'block' });
  const y = block(image);
  expectTypeOf(y).toEqualTypeOf<keras.KerasTensor>();
  expectTypeOf(block(keras.tensor([[[[1, 2, 3]]]]))).toEqualTypeOf<keras.Tensor>();
  expect(y.shape).toEqual([null, 8, 8, 4]);
  const model = new keras.Model({ inputs: image, outputs: new Scale()(y) });
  const again = keras.models.modelFromJson<keras.Model>(model.toJson());
  expect((again.getLayer('block') as unknown as MishBlock).dropout.rate).toBe(0.5);

  const [sum, difference] = new Mix()([keras.tensor([3]), keras.tensor([1])]);
  expect([await sum.array(), await difference.array()]).toEqual([[4], [2]]);
  expect(await new Attend()([1, 2], [3, 4], { factor: 2 }).array()).toEqual([7, 10]);
  expect(await new Small()(ops.ones([1, 8, 8, 3])).array()).toHaveLength(1);
  expect(new Scale().computeOutputShape([null, 3])).toEqual([null, 3]);
  // @ts-expect-error an option that the class does not have
  expect(() => new MishBlock({ filters: 4, dropRate: 1 })).toThrow('unknown option "dropRate"');
});

test('weights without names are called as in Keras, and are scalars where no shape is said', () => {
  class Scale extends keras.Layer {
    readonly scale = this.addWeight({ shape: [2] });
    readonly shift = this.addWeight();
    override call(x: keras.Tensor) {
      return keras.ops.multiply(x, this.scale).add(this.shift);
    }
  }
  keras.utils.clearSession();
  const weights = [new Scale(), new Scale()].flatMap((layer) => layer.weights);
  expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['variable', [2]],
    ['variable_1', []],
    ['variable_2', [2]],
    ['variable_3', []],
  ]);
  const ofUnknown = (layer: keras.Layer) => layer.addWeight({ shape: [Number.NaN] });
  expect(() => ofUnknown(new Scale())).toThrow(/a weight needs a shape of integers/);
});
