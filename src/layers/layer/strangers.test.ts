import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers } = keras;
const inside = () => new layers.Dense({ units: 2, name: 'inside' });
type Dense = ReturnType<typeof inside>;

class Private extends keras.Layer {
  readonly #dense = inside();
  call(x: keras.Tensor): keras.Tensor {
    return this.#dense(x);
  }
}
class Helper {
  readonly dense = inside();
}
class WithHelper extends keras.Layer {
  readonly helper = new Helper();
  call(x: keras.Tensor): keras.Tensor {
    return this.helper.dense(x);
  }
}
const held = new WeakMap<object, Dense>();
class InWeakMap extends keras.Layer {
  constructor() {
    super();
    held.set(this, inside());
  }
  call(x: keras.Tensor): keras.Tensor {
    return held.get(this)!(x);
  }
}
const closure = (): keras.Layer => {
  const dense = inside();
  return new layers.Lambda({ function: (x: keras.Tensor) => dense(x) }) as unknown as keras.Layer;
};
class HiddenInBuild extends keras.Layer {
  readonly #weights: keras.Variable[] = [];
  override build(): void {
    this.#weights.push(new keras.Variable(keras.ops.ones([3]), { name: 'inside' }));
  }
  call(x: keras.Tensor): keras.Tensor {
    return x.mul(this.#weights[0]!);
  }
}

test.each([
  ['Private', () => new Private()],
  ['WithHelper', () => new WithHelper()],
  ['InWeakMap', () => new InWeakMap()],
  ['Lambda', closure],
  ['HiddenInBuild', () => new HiddenInBuild()],
])('what call() uses and nobody can find is refused by name: %s', (name, make) => {
  const refused = new RegExp(
    `^${name} "[^"]*": its call uses .*inside.*neither trained nor saved\\n {2}Fix: keep it as an attribute`,
  );
  expect(() => make()(keras.Input({ shape: [3] }))).toThrow(refused);
  expect(() => make()(keras.ops.ones([1, 3]))).toThrow(refused);
  class Around extends keras.Model {
    readonly block = make();
    override call(x: keras.Tensor): keras.Tensor {
      return this.block(x);
    }
  }
  expect(() => new Around()(keras.ops.ones([1, 3]))).toThrow(refused);
});

test('weights that are not trained are refused too: a file would not hold them', () => {
  class Frozen extends keras.Layer {
    readonly #embedding = new layers.Embedding({ inputDim: 4, outputDim: 2, trainable: false, name: 'inside' });
    call(x: keras.Tensor): keras.Tensor {
      return this.#embedding(x);
    }
  }
  expect(() => new Frozen()(keras.tensor([[1, 2]]))).toThrow(/its call uses Embedding "inside"/);
});

test('a variable that a training step uses and no layer holds is refused', async () => {
  const scale = new keras.Variable(keras.ops.ones([2]), { name: 'scale' });
  class Scaled extends keras.Layer {
    readonly dense = inside();
    call(x: keras.Tensor): keras.Tensor {
      return this.dense(x).mul(scale);
    }
  }
  const model = new keras.Sequential([keras.Input({ shape: [3] }), new Scaled()]);
  model.compile({ loss: 'mse' });
  const [x, y] = [keras.ops.ones([4, 3]), keras.ops.ones([4, 2])];
  await expect(model.fit(x, y, { verbose: 0 })).rejects.toThrow(
    /^Scaled "scaled[^"]*": its call uses variable "scale"/,
  );
  scale.trainable = false;
  await model.fit(x, y, { verbose: 0 });
});

test('a variable made for the layer alone is refused at the first call, one that may be elsewhere when the model is saved', async () => {
  class Own extends keras.Layer {
    readonly #scale = new keras.Variable([1, 2, 3], { dtype: 'float32', name: 'inside' });
    call(x: keras.Tensor): keras.Tensor {
      return x.mul(this.#scale);
    }
  }
  const x = keras.Input({ shape: [3] });
  expect(() => new Own()(x)).toThrow(/^Own "own[^"]*": its call uses variable "inside"/);
  class Prebuilt extends keras.Layer {
    readonly #dense = inside();
    constructor() {
      super();
      this.#dense.build([null, 3]);
    }
    call(t: keras.Tensor): keras.Tensor {
      return this.#dense(t);
    }
  }
  expect(() => new Prebuilt()(x)).toThrow(/its call uses Dense "inside"/);

  const scale = new keras.Variable([1, 2, 3], { dtype: 'float32', name: 'elsewhere' });
  class Closure extends keras.Layer {
    call(t: keras.Tensor): keras.Tensor {
      return t.mul(scale);
    }
  }
  const model = new keras.Model({ inputs: x, outputs: new Closure()(x) });
  await expect(model.save('never-written.keras')).rejects.toThrow(/its call uses variable "elsewhere"/);
  await expect(model.saveWeights('never-written.weights.h5')).rejects.toThrow(/its call uses variable "elsewhere"/);
});

test('layers that somebody holds may be used through closures and arguments', async () => {
  const shared = new layers.Dense({ units: 3, name: 'shared' });
  const teacher = new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense({ units: 3 })]);
  class Tied extends keras.Layer {
    call(x: keras.Tensor): keras.Tensor {
      return x.matmul(shared.kernel.read().transpose()).add(teacher(x)) as keras.Tensor;
    }
  }
  class WithArgument extends keras.Layer {
    call(x: keras.Tensor, { layer }: keras.CallOptions & { layer?: Dense } = {}): keras.Tensor {
      return layer!(x);
    }
  }
  class Whole extends keras.Model {
    readonly first = shared;
    readonly tied = new Tied();
    readonly given = inside();
    readonly user = new WithArgument();
    override call(x: keras.Tensor): keras.Tensor {
      return this.user(this.tied(this.first(x)), { layer: this.given } as never);
    }
  }
  const model = new Whole();
  model.compile({ loss: 'mse' });
  await model.fit(keras.ops.ones([4, 3]), keras.ops.ones([4, 2]), { verbose: 0 });
  expect(model.trainableVariables).toHaveLength(4);
});
