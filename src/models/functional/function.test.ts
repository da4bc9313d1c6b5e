import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { layers, ops } from '../../index.ts';

interface ScaleOptions extends keras.OperationOptions {
  factor: number;
  keepSign?: boolean;
}
class Scale extends keras.Operation<any[]> {
  static override readonly className: string = 'Scale';
  readonly factor: number;
  readonly keepSign: boolean;
  constructor({ factor, keepSign = true, ...options }: ScaleOptions) {
    super(options);
    this.factor = factor;
    this.keepSign = keepSign;
  }
  call(x: keras.Tensor, ...rest: unknown[]): keras.Tensor {
    const [y, options] = rest[0] instanceof keras.Tensor ? [rest[0], rest[1]] : [undefined, rest.at(-1)];
    const { shift = 0 } = (options ?? {}) as { shift?: number };
    const z = ops.add(ops.multiply(x, this.factor), shift);
    const sum = y ? ops.add(z, y) : z;
    return this.keepSign ? sum : ops.abs(sum);
  }
  override getConfig() {
    return { ...super.getConfig(), factor: this.factor, keepSign: this.keepSign };
  }
}
keras.saving.registerKerasSerializable(Scale, { package: 'demo' });

function model(): { model: keras.Model; scale: Scale } {
  const x = keras.Input({ shape: [3], name: 'x' });
  const h = new layers.Dense({ units: 2, kernelInitializer: 'ones', name: 'd' })(x);
  const scale = new Scale({ factor: 2.5, keepSign: false, name: 'scale' });
  const first = scale(h, { shift: -1 });
  return { model: new keras.Model({ inputs: x, outputs: scale(first, h) }), scale };
}

test('an operation of a class of one’s own computes, and is a node of functional models', async () => {
  const { model: m, scale } = model();
  // As Keras 3.15.1 computes it.
  expect(await (await m.predict([[1, 2, -8]], { verbose: 0 })).array()).toEqual([[28.75, 28.75]]);
  expect(await scale(keras.tensor([-2, 1])).array()).toEqual([5, 2.5]);
  expect((scale.input as keras.KerasTensor).symbolicShape).toEqual([null, 2]);
  expect((scale.output as keras.KerasTensor).symbolicShape).toEqual([null, 2]);
  expect(m.layers.map(({ name }) => name)).toEqual(['x', 'd']);
  m.compile({ optimizer: 'sgd', loss: 'mse' });
  await m.fit([[1, 2, 3]], [[0, 0]], { verbose: 0 });
  const slope = keras.grad((x: keras.Tensor) => ops.sum(scale(x)))(keras.tensor([3, -4], { dtype: 'float32' }));
  expect(await (slope as keras.Tensor).array()).toEqual([2.5, -2.5]);
  expect(scale).toBeInstanceOf(Scale);
  expect(scale).toBeInstanceOf(keras.Operation);
  expect(m.getLayer('d')).toBeInstanceOf(keras.Operation);
  expect(m.getLayer('d')).not.toBeInstanceOf(Scale);
  expect(3).not.toBeInstanceOf(keras.Operation);
});

test('a model’s files hold it as Keras’s do, and need its class', async () => {
  const { model: m } = model();
  const entry = (m.getConfig()['layers'] as Record<string, unknown>[])[2];
  // What Keras 3.15.1 writes of the same model.
  const tensorOf = (name: string, call: number) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 2], dtype: 'float32', keras_history: [name, call, 0] },
  });
  expect(entry).toMatchObject({
    module: null,
    class_name: 'Scale',
    config: { name: 'scale', factor: 2.5, keep_sign: false },
    registered_name: 'demo>Scale',
    name: 'scale',
    inbound_nodes: [
      { args: [tensorOf('d', 0)], kwargs: { shift: -1 } },
      { args: [tensorOf('scale', 0), tensorOf('d', 0)], kwargs: {} },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'operation-'));
  try {
    await m.save(`${folder}/m.keras`);
    const again = await keras.models.loadModel(`${folder}/m.keras`);
    expect(await (await again.predict([[1, 2, -8]], { verbose: 0 })).array()).toEqual([[28.75, 28.75]]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('shapes may be said, and are asked of nothing else then', async () => {
  class Halves extends keras.Operation<[x: keras.Tensor], keras.Tensor[]> {
    call(x: keras.Tensor): keras.Tensor[] {
      return ops.split(x, 2, { axis: -1 });
    }
    override computeOutputSpec(x: keras.KerasTensor): keras.KerasTensor[] {
      const shape = [...x.symbolicShape.slice(0, -1), x.symbolicShape.at(-1)! / 2];
      return [new keras.KerasTensor(shape), new keras.KerasTensor(shape)];
    }
  }
  const x = keras.Input({ shape: [6] });
  const [left] = new Halves()(x) as unknown as keras.KerasTensor[];
  expect(left!.symbolicShape).toEqual([null, 3]);
  const m = new keras.Model({ inputs: x, outputs: left! });
  expect(await (await m.predict([[1, 2, 3, 4, 5, 6]], { verbose: 0 })).array()).toEqual([[1, 2, 3]]);
  class Wrong extends Halves {
    override computeOutputSpec(): never {
      return 3 as never;
    }
  }
  expect(() => new Wrong()(x)).toThrow(/computeOutputSpec gave no KerasTensors/);
  class Keeping extends keras.Operation<[x: keras.Tensor]> {
    call(x: keras.Tensor): keras.Tensor {
      return ops.add(x, new keras.Variable(1));
    }
  }
  expect(() => new Keeping()(keras.tensor([1]))).toThrow(/created inside call/);
  expect(() => new Scale({ factor: 1, size: 2 } as never)).toThrow(/size/);
  expect(() => new Scale({ factor: 1, name: 'a/b' })).toThrow(/without "\/"/);
});

test('an operation made in a scope is computed again', async () => {
  const make = () => new Scale({ factor: 3 });
  const f = (x: keras.Tensor): keras.Tensor => x;
  expect(make().rematerializedCall(f)).toBe(f);
  const scale = new keras.RematScope({ mode: 'larger_than', outputSizeThreshold: 1 }).run(make);
  expect(scale.rematerializedCall(f)).not.toBe(f);
  const slope = keras.jit(keras.grad((x: keras.Tensor) => ops.sum(ops.square(scale(x)))));
  expect(await (slope(keras.tensor([1, 2], { dtype: 'float32' })) as keras.Tensor).array()).toEqual([18, 36]);
});

test('a function does a computation between KerasTensors again, on other tensors', async () => {
  const [a, b] = [new keras.KerasTensor([null, 2, 3]), new keras.KerasTensor([null, 2, 3])];
  const sum = ops.add(a, b);
  const f = new keras.Function({ inputs: [a, b], outputs: { s: ops.sigmoid(sum) }, name: 'f' });
  const found = f([ops.ones([1, 2, 3]), ops.ones([1, 2, 3])]);
  expect(await found.s.sum().item()).toBeCloseTo(6 * 0.880797, 5);
  expect(f.name).toBe('f');
  expect(f.operations).toHaveLength(2);
  expect(f.inputs[1]).toBe(b);
  expect(f.outputs).toHaveLength(1);
  expect(
    f.computeOutputShape([
      [5, 2, 3],
      [5, 2, 3],
    ]),
  ).toEqual({ s: [5, 2, 3] });
  const spec = f.computeOutputSpec([new keras.KerasTensor([7, 2, 3]), new keras.KerasTensor([7, 2, 3])]);
  expect((spec as { s: keras.KerasTensor }).s.symbolicShape).toEqual([7, 2, 3]);
  // Within another graph it is one node.
  const x = keras.Input({ shape: [2, 3] });
  const outer = f([x, x]);
  const model = new keras.Model({ inputs: x, outputs: outer.s });
  expect(await (await model.predict(ops.zeros([1, 2, 3]), { verbose: 0 })).sum().item()).toBe(3);
  expect(() => model.getConfig()).toThrow(/Function "f"/);
});

test('a function between layers keeps their weights, and refuses what does not fit', async () => {
  const { model: m } = model();
  const inner = new keras.Function({ inputs: m.getLayer('d')!.output as keras.KerasTensor, outputs: [...m.outputs!] });
  expect(await inner(keras.tensor([[1, 2]], { dtype: 'float32' }))[0].array()).toEqual([[4.75, 12]]);
  expect(() => inner(ops.ones([1, 3]))).toThrow(/Function "function.*shape \(1, 3\)/s);
  expect(() => new keras.Function({ inputs: [], outputs: [...m.outputs!] })).toThrow(/no inputs/);
  const other = keras.Input({ shape: [1] });
  expect(() => new keras.Function({ inputs: other, outputs: [...m.outputs!] })).toThrow(/disconnected/);
  expect(() => new keras.Function({ inputs: ops.ones([2]) as never, outputs: [...m.outputs!] })).toThrow(
    /concrete tensor/,
  );
});
