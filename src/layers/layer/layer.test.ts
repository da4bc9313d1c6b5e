import { expect, test } from 'vitest';
import { KerasTensor, type Tensor, tensor, Variable } from '../../tensor/index.ts';
import * as layers from '../index.ts';
import { sublayersOf } from './tracking.ts';

test('layers called on symbolic tensors give shapes, and on numbers numbers', async () => {
  const x = layers.Input({ shape: [8, 8, 3] });
  let y = new layers.Conv2D({ filters: 4, kernelSize: 3, activation: 'relu' })(x);
  y = new layers.BatchNormalization()(y);
  y = new layers.LeakyReLU()(y);
  y = new layers.MaxPooling2D()(y);
  y = new layers.Add()([y, y]);
  y = new layers.Concatenate()([y, y]);
  y = new layers.Dropout({ rate: 0.5 })(y);
  y = new layers.Flatten()(y);
  y = new layers.Activation({ activation: 'tanh' })(y);
  const dense = new layers.Dense({ units: 5 });
  y = dense(y);
  expect(y).toBeInstanceOf(KerasTensor);
  expect(y.shape).toEqual([null, 5]);
  expect(dense.kernel.shape).toEqual([72, 5]);
  expect(dense.weights.map((w) => w.path)).toEqual([`${dense.name}/kernel`, `${dense.name}/bias`]);
  expect(dense.units).toBe(5);
  const concrete = dense(tensor([new Array<number>(72).fill(0)]));
  expect(await concrete.array()).toEqual([[0, 0, 0, 0, 0]]);
});

test('a batch normalization follows the batch while training', async () => {
  const layer = new layers.BatchNormalization({ momentum: 0.5 });
  const y = layer(
    [
      [1, 10],
      [3, 30],
    ],
    { training: true },
  );
  expect((await y.data()).map(Math.round)).toEqual(new Float32Array([-1, -1, 1, 1]));
  expect(await layer.movingMean.value.array()).toEqual([1, 10]);
  expect(await layer.movingVariance.value.array()).toEqual([1, 50.5]);
});

test('using a symbolic tensor as a number inside a functional model names the op, or a custom layer, instead', () => {
  const x = layers.Input({ shape: [8] });
  const y = new layers.Dense({ units: 3, name: 'head' })(x) as KerasTensor;
  expect(() => Math.max(y as unknown as number, 0)).toThrow(
    `KerasTensor "${y.name}": a conversion to a number (Number(x), Math.max(x), x + 1, x > 0) needs numbers, but this tensor is symbolic (shape (null, 3), float32, the output of "head"): it stands for values that exist only when the model runs
  Fix: use the function of keras.ops instead (ops.max for Math.max, ops.add for +, …), or put the computation into the call() of a custom layer`,
  );
});

class NewVariable extends layers.Layer {
  static override readonly className = 'NewVariable';
  call(x: Tensor): Tensor {
    return x.mul(new Variable(tensor([2]), { name: 'scale' }));
  }
}
class NewWeight extends layers.Layer {
  static override readonly className = 'NewWeight';
  call(x: Tensor): Tensor {
    return x.mul(this.addWeight({ name: 'scale', shape: [1] }));
  }
}
class NewDense extends layers.Layer {
  static override readonly className = 'NewDense';
  call(x: Tensor): Tensor {
    return new layers.Dense({ units: 2, name: 'inner' })(x);
  }
}
const cure =
  'Fix: create it, or the layer that holds it, in the constructor or in build(inputShape), keep it as an attribute (this.x = …), and only use it in call()';

test.each([
  [NewVariable, 'scale'],
  [NewWeight, 'scale'],
  [NewDense, 'kernel'],
])('a variable made inside call() is refused: %s', (Class, variable) => {
  const made = [() => layers.Input({ shape: [3] }), () => tensor([[1, 2, 3]], { dtype: 'float32' })];
  for (const input of made) {
    const layer = new Class({ name: 'mine' });
    expect(() => layer(input())).toThrow(
      `${Class.className} "mine": variable "${variable}" is created inside call(): it would be new at every call, and never trained or saved\n  ${cure}`,
    );
  }
});

test('a layer without weights may be made inside call()', async () => {
  class Flat extends layers.Layer {
    call(x: Tensor): Tensor {
      return new layers.Flatten()(new layers.Add()([x, x]));
    }
  }
  expect(await new Flat()(tensor([[[1], [2]]])).array()).toEqual([[2, 4]]);
});

test('variables and layers are found in attributes, lists, maps, sets and plain objects', () => {
  class Holder extends layers.Layer {
    readonly list = [new layers.Dense({ units: 1, name: 'a' })];
    readonly map = new Map([['b', new layers.Dense({ units: 1, name: 'b' })]]);
    readonly set = new Set([new layers.Dense({ units: 1, name: 'c' })]);
    readonly object = { deep: [{ d: new layers.Dense({ units: 1, name: 'd' }) }] };
    readonly variable = new Variable(tensor([1]), { name: 'own' });
    readonly dropout = new layers.Dropout({ rate: 0.5, name: 'drop' });
    call(x: Tensor): Tensor {
      const all = [...this.list, ...this.map.values(), ...this.set, this.object.deep[0]!.d];
      return all.reduce<Tensor>((y, dense) => y.add(dense(x)), this.dropout(x).mul(this.variable));
    }
  }
  const holder = new Holder({ name: 'holder' });
  holder(layers.Input({ shape: [1] }));
  expect(sublayersOf(holder).map((layer) => layer.name)).toEqual(['a', 'b', 'c', 'd', 'drop']);
  expect(holder.weights.map((w) => w.path)).toEqual([
    'own',
    ...['a', 'b', 'c', 'd'].flatMap((name) => [`holder/${name}/kernel`, `holder/${name}/bias`]),
  ]);
  expect(holder.variables.length).toBe(10); // and the state of the dropout's seed generator
  holder.trainable = false;
  expect(holder.trainableWeights).toEqual([]);
  expect(holder.weights.some((w) => w.trainable)).toBe(false);
  holder.trainable = true;
  expect(holder.trainableWeights.length).toBe(9);
});

test('losses are those of the last call: added ones, activity, then weights', async () => {
  const layer = new layers.Dense({
    units: 1,
    kernelInitializer: 'ones',
    kernelRegularizer: 'l2',
    activityRegularizer: 'l1',
  });
  layer([[1, 1]]);
  layer([[2, 2]]);
  expect(await Promise.all(layer.losses.map((l) => l.item()))).toEqual([0.04, 0.02].map((n) => expect.closeTo(n, 6)));
});

test('build() called by hand builds for good, also from the build() of another layer', () => {
  const dense = new layers.Dense({ units: 2 });
  dense.build([null, 3]);
  expect(dense.built).toBe(true);
  const kernel = dense.kernel;
  dense(tensor([[1, 2, 3]]));
  dense.build([null, 3]);
  expect(dense.kernel).toBe(kernel);
  expect(dense.weights).toHaveLength(2);

  class Block extends layers.Layer {
    first = new layers.Dense({ units: 4, name: 'first' });
    second = new layers.Dense({ units: 2, name: 'second' });
    override build(shape: number[]) {
      this.first.build(shape);
      this.second.build([...shape.slice(0, -1), 4]);
    }
    override call(x: Tensor) {
      return this.second(this.first(x));
    }
  }
  const block = new Block({ name: 'block' });
  block(tensor([[1, 2, 3]]));
  const names = ['first/kernel', 'first/bias', 'second/kernel', 'second/bias'];
  expect(block.weights.map((w) => w.path)).toEqual(names.map((name) => `block/${name}`));
});

test('a layer keeps what its first symbolic call took and gave', () => {
  const dense = new layers.Dense({ units: 2, name: 'dense' });
  expect(() => dense.output).toThrow(/it has no output: it was never called on a KerasTensor/);
  const x = layers.Input({ shape: [3] });
  const y = dense(x);
  dense(layers.Input({ shape: [3] }));
  expect(dense.input).toBe(x);
  expect(dense.output).toBe(y);
  const sum = new layers.Add();
  const z = sum([x, x]);
  expect((sum.input as unknown as Tensor[]).every((t) => t === x)).toBe(true);
  expect(sum.output).toBe(z);
});

test('a pure call gives outputs and new values, and leaves the layer as it is', async () => {
  const layer = new layers.BatchNormalization({ momentum: 0 });
  layer.build([null, 1]);
  const [y, [mean]] = layer.statelessCall(
    layer.trainableVariables.map((v) => v.value),
    layer.nonTrainableVariables.map((v) => v.value),
    [[1], [3]],
    { training: true },
  );
  expect(y.shape).toEqual([2, 1]);
  expect(await mean!.array()).toEqual([2]);
  expect(await layer.movingMean.value.array()).toEqual([0]);
});

test('an unknown option names the closest known one', () => {
  expect(() => new layers.Dense({ units: 3, activaton: 'relu' } as never)).toThrow(
    'Dense: unknown option "activaton"\n  Fix: did you mean "activation"?',
  );
});

test('masks travel from an embedding through a functional model', () => {
  const x = layers.Input({ shape: [4], dtype: 'int32' });
  const y = new layers.Embedding({ inputDim: 5, outputDim: 3, maskZero: true })(x);
  const z = new layers.LSTM({ units: 2 })(y) as unknown as KerasTensor;
  const { node } = z.history!;
  expect(node.inputs.length).toBe(2);
  expect(node.inputs[1]!.history!.node.operation.className).toBe('NotEqual');
});
