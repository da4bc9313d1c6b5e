import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

/** A classifier of digits of 8x8 pixels. */
export function makeClassifier(): keras.Model {
  const inputs = keras.Input({ shape: [8, 8, 1] });
  let x = new layers.Conv2D({ filters: 24, kernelSize: 3, activation: 'relu' })(inputs);
  x = new layers.Conv2D({ filters: 48, kernelSize: 3, activation: 'relu' })(x);
  x = new layers.Dense({ units: 64, activation: 'relu' })(new layers.Flatten()(x));
  return new keras.Model({ inputs, outputs: new layers.Dense({ units: 10 })(x) });
}

const crossEntropy = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });

/** Loss and gradients of a batch. */
const gradientsOf = (model: keras.Model, x: keras.Tensor, y: keras.Tensor) =>
  keras.gradients(() => crossEntropy(y, model(x, { training: true })), model.trainableVariables);

/** What both trainers have: one step over a batch, of which it gives the loss. */
export interface Trainer {
  readonly model: keras.Model;
  step(x: keras.Tensor, y: keras.Tensor): keras.Tensor;
  /** Bytes of memory that a program needs while it runs, for a batch of the size that it is called with. */
  scratchBytes(x: keras.Tensor, y: keras.Tensor): number;
}

const makeOptimizer = (model: keras.Model): keras.Optimizer => {
  const optimizer = new keras.optimizers.Adam({ learningRate: 3e-3 });
  optimizer.build(model.trainableVariables);
  return optimizer;
};

/** The usual step: the whole batch at once. */
export function wholeBatches(model: keras.Model): Trainer {
  const optimizer = makeOptimizer(model);
  const step = keras.jit((x: keras.Tensor, y: keras.Tensor): keras.Tensor => {
    const { value, gradients } = gradientsOf(model, x, y);
    optimizer.apply(gradients, model.trainableVariables);
    return value;
  });
  return { model, step, scratchBytes: (x, y) => step.compile(x, y).scratchBytes };
}

/**
 * The same step in parts: gradients of `parts` small batches are added up in variables, and their mean is applied once. Both
 * functions are compiled programs, and change their variables in place.
 */
export function accumulated(model: keras.Model, parts: number): Trainer {
  const optimizer = makeOptimizer(model);
  const variables = model.trainableVariables;
  const sums = variables.map(
    (v) => new keras.Variable(ops.zeros(v.shape), { name: `${v.name}_sum`, trainable: false }),
  );
  const total = new keras.Variable(0, { dtype: 'float32', name: 'loss_sum', trainable: false });

  const add = keras.jit((x: keras.Tensor, y: keras.Tensor): void => {
    const { value, gradients } = gradientsOf(model, x, y);
    for (const [k, gradient] of gradients.entries()) sums[k]!.assignAdd(gradient);
    total.assignAdd(value);
  });
  const apply = keras.jit((): keras.Tensor => {
    const means = sums.map((sum) => ops.divide(sum, parts));
    const loss = ops.divide(total, parts);
    optimizer.apply(means, variables);
    for (const sum of [...sums, total]) sum.assign(ops.zeros(sum.shape));
    return loss;
  });
  const split = (t: keras.Tensor): keras.Tensor[] => ops.split(t, parts) as keras.Tensor[];
  return {
    model,
    step(x, y) {
      const labels = split(y);
      for (const [k, part] of split(x).entries()) add(part, labels[k]!);
      return apply();
    },
    scratchBytes: (x, y) => add.compile(split(x)[0]!, split(y)[0]!).scratchBytes,
  };
}

/** Goes through the data repeatedly in the same order; returns the loss of each step. */
export async function train(
  trainer: Trainer,
  [x, y]: readonly [keras.Tensor, keras.Tensor],
  { batchSize, epochs }: { batchSize: number; epochs: number },
): Promise<number[]> {
  const steps = Math.floor(x.shape[0]! / batchSize);
  const losses: keras.Tensor[] = [];
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let k = 0; k < steps; k++) {
      const slice = { slice: [k * batchSize, (k + 1) * batchSize] } as const;
      losses.push(trainer.step(ops.getItem(x, slice), ops.getItem(y, slice)));
    }
  // Numbers are read at the end: nothing waits in between.
  return Promise.all(losses.map((loss) => loss.item() as Promise<number>));
}

/** The largest difference between weights of two models. */
export async function distance(a: keras.Model, b: keras.Model): Promise<number> {
  const others = b.getWeights();
  const each = a.getWeights().map((w, k) => ops.max(ops.abs(ops.subtract(w, others[k]!))).item() as Promise<number>);
  return Math.max(...(await Promise.all(each)));
}

/** Fraction of the digits that are read correctly. */
export async function accuracyOf(model: keras.Model, [x, y]: readonly [keras.Tensor, keras.Tensor]): Promise<number> {
  const found = ops.argmax(await model.predict(x, { verbose: 0 }), { axis: -1 });
  return ops.mean(ops.cast(ops.equal(found, y), 'float32')).item() as Promise<number>;
}
