import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
const numbers = (t: keras.Tensor): number[] => [...t.dataSync()].map(Number);
const x = ops.reshape(ops.sin(ops.arange(24, { dtype: 'float32' })), [6, 4]);
const make = (): keras.Sequential => {
  const kernelInitializer = new keras.initializers.Constant({ value: 0.5 });
  return new keras.Sequential([
    keras.Input({ shape: [4] }),
    new layers.Dense({ units: 3, activation: 'tanh', kernelInitializer, kernelRegularizer: 'l2' }),
    new layers.Dense({ units: 1, kernelInitializer }),
  ]);
};

test('a loop of pure functions in jit trains as one that changes variables', () => {
  const y = ops.ones([6, 1]);
  const loss = (out: keras.Tensor, losses: readonly keras.Tensor[]): keras.Tensor =>
    losses.reduce((sum, l) => ops.add(sum, l), ops.mean(ops.square(ops.subtract(out, y))));

  const model = make();
  const optimizer = new keras.optimizers.Adam({ learningRate: 0.01 });
  for (let n = 0; n < 3; n++) {
    const { gradients } = keras.gradients(
      () => loss(model(x, { training: true }), model.losses),
      model.trainableVariables,
    );
    optimizer.apply(gradients, model.trainableVariables);
  }

  const pure = make();
  const adam = new keras.optimizers.Adam({ learningRate: 0.01 });
  adam.build(pure.trainableVariables);
  const metric = new keras.metrics.Mean();
  const values = (variables: readonly keras.Variable[]) => variables.map((v) => v.value);
  let state = [values(pure.trainableVariables), values(adam.variables), metric.statelessResetState()] as const;
  const untouched = pure.getWeights().map(numbers);
  const step = keras.jit((weights: keras.Tensor[], slots: keras.Tensor[], running: keras.Tensor[]) => {
    const { value, gradients } = keras.gradients(() => {
      const [out, , losses] = pure.statelessCall(weights, [], x, { training: true, returnLosses: true });
      return loss(out, losses);
    }, weights);
    const [nextWeights, nextSlots] = adam.statelessApply(slots, gradients, weights);
    return [nextWeights, nextSlots, metric.statelessUpdateState(running, value)] as const;
  });
  for (let n = 0; n < 3; n++) state = step(state[0], state[1], state[2]);
  state[0].forEach((w, k) =>
    numbers(w).forEach((v, n) => expect(v).toBeCloseTo(numbers(model.trainableVariables[k]!.value)[n]!, 6)),
  );
  expect(numbers(state[1][0]!)).toEqual([3]);
  expect(numbers(metric.statelessResult(state[2]) as keras.Tensor)[0]).toBeGreaterThan(0);
  expect(pure.getWeights().map(numbers)).toEqual(untouched);
});

test('a gradient penalty trains as in Keras on JAX, at once and compiled', () => {
  for (const compile of [(f: () => keras.Tensor[]) => f, (f: () => keras.Tensor[]) => keras.jit(f)]) {
    const kernelInitializer = new keras.initializers.Constant({ value: 0.5 });
    const critic = new keras.Sequential([
      keras.Input({ shape: [4] }),
      new layers.Dense({ units: 3, activation: 'tanh', kernelInitializer }),
      new layers.Dense({ units: 1, kernelInitializer }),
    ]);
    const optimizer = new keras.optimizers.SGD({ learningRate: 0.01 });
    const step = compile(() => {
      const { value, aux, gradients } = keras.gradients(() => {
        const slopes = keras.gradients(() => ops.sum(critic(x)), [x]).gradients[0]!;
        const norms = ops.sqrt(ops.sum(ops.square(slopes), { axis: 1 }));
        const penalty = ops.mean(ops.square(ops.subtract(norms, 1)));
        return [ops.add(ops.mean(critic(x)), ops.multiply(penalty, 10)), penalty];
      }, critic.trainableVariables);
      optimizer.apply(gradients, critic.trainableVariables);
      return [value, aux];
    });
    const found = [0, 1, 2].map(() => step().map((t) => numbers(t)[0]));
    // Keras 3.15.1 on JAX.
    const expected = [
      [0.937778, 0.083375],
      [0.840751, 0.075319],
      [0.770823, 0.069897],
    ];
    expected.forEach((row, n) => row.forEach((v, k) => expect(found[n]![k]).toBeCloseTo(v, 5)));
    expect(numbers(critic.weights[0]!.value)[0]).toBeCloseTo(0.494508, 5);
  }
});

test('a host metric is handed what a step of the class’s own gives to computeMetrics', async () => {
  class Rows extends keras.Metric {
    static override readonly hostSide = true;
    private seen: number[] = [];
    override updateState(yTrue: keras.Tensor, yPred: keras.Tensor): void {
      this.seen.push(...numbers(yTrue), ...numbers(yPred));
    }
    override result(): number {
      return this.seen.reduce((sum, v) => sum + v, 0);
    }
    override resetState(): void {
      this.seen = [];
    }
  }
  class Doubled extends keras.Model {
    override trainStep({ x, y, sampleWeight }: keras.Batch): keras.StepLogs {
      return this.computeMetrics({ x, y, yPred: ops.multiply(this(x, { training: true }), 0), sampleWeight });
    }
  }
  const inputs = keras.Input({ shape: [4] });
  const model = new Doubled({ inputs, outputs: new layers.Dense({ units: 1 })(inputs) });
  model.compile({ metrics: [new Rows({ name: 'rows' })] });
  const { history } = await model.fit(x, ops.full([6, 1], 2), { epochs: 2, batchSize: 4, verbose: 0 });
  expect(history['rows']).toEqual([12, 12]);
});

/** A step that drops elements, so that its numbers depend on the state of random numbers too. */
function dropping() {
  keras.utils.setRandomSeed(2);
  const model = new keras.Sequential([
    keras.Input({ shape: [4] }),
    new layers.Dense({ units: 3, activation: 'tanh' }),
    new layers.Dropout({ rate: 0.5 }),
    new layers.Dense({ units: 1 }),
  ]);
  const optimizer = new keras.optimizers.Adam({ learningRate: 0.05 });
  optimizer.build(model.trainableVariables);
  return { model, optimizer };
}
const lossOf = (out: keras.Tensor): keras.Tensor => ops.mean(ops.square(ops.subtract(out, 1)));

test('a loop goes on from the values of its variables with the same numbers', async () => {
  const loop = () => {
    const { model, optimizer } = dropping();
    const step = keras.jit(() => {
      const { value, gradients } = keras.gradients(
        () => lossOf(model(x, { training: true })),
        model.trainableVariables,
      );
      optimizer.apply(gradients, model.trainableVariables);
      return value;
    });
    const run = (n: number): number[] => Array.from({ length: n }, () => numbers(step())[0]!);
    return { run, variables: [...model.variables, ...optimizer.variables] };
  };
  const whole = loop().run(6);
  const begun = loop();
  const first = begun.run(3);
  const saved = JSON.stringify(await Promise.all(begun.variables.map((v) => v.numpy())));
  const resumed = loop();
  resumed.run(2);
  const values: number[][] = JSON.parse(saved);
  resumed.variables.forEach((v, k) => void v.assign(values[k]!));
  expect([...first, ...resumed.run(3)]).toEqual(whole);
});

test('a loop of pure functions goes on from its state with the same numbers', async () => {
  interface State {
    readonly [part: string]: keras.Tensor[];
  }
  const loop = () => {
    const { model, optimizer } = dropping();
    const values = (variables: readonly keras.Variable[]) => variables.map((v) => v.value);
    const initial: State = {
      weights: values(model.trainableVariables),
      others: values(model.nonTrainableVariables),
      slots: values(optimizer.variables),
    };
    const step = keras.jit(({ weights, others, slots }: State): [keras.Tensor, State] => {
      const { value, aux, gradients } = keras.gradients(() => {
        const [out, next] = model.statelessCall(weights!, others!, x, { training: true });
        return [lossOf(out), next];
      }, weights!);
      const [nextWeights, nextSlots] = optimizer.statelessApply(slots!, gradients, weights!);
      return [value, { weights: nextWeights, others: [...aux], slots: nextSlots }];
    });
    const run = (n: number, from: State): { losses: number[]; state: State } => {
      const losses: number[] = [];
      let state = from;
      for (let k = 0; k < n; k++) {
        const [loss, next] = step(state);
        losses.push(numbers(loss)[0]!);
        state = next;
      }
      return { losses, state };
    };
    return { run, initial };
  };
  const one = loop();
  const whole = one.run(6, one.initial).losses;
  const { losses, state } = one.run(3, one.initial);
  const saved = JSON.stringify(await Promise.all(keras.tree.flatten<keras.Tensor>(state).map((t) => t.array())));
  const other = loop();
  const forms = keras.tree.flatten<keras.Tensor>(other.initial);
  const read = (JSON.parse(saved) as number[][]).map((value, k) => keras.tensor(value, { dtype: forms[k]!.dtype }));
  const resumed = keras.tree.packSequenceAs(other.initial, read) as State;
  expect([...losses, ...other.run(3, resumed).losses]).toEqual(whole);
});
