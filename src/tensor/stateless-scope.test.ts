import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { ops } from '../index.ts';
import { StatelessScope } from './stateless-scope.ts';

test('variables have given values inside, keep what they are assigned, and are as before outside', async () => {
  const v = new keras.Variable([1, 2], { dtype: 'float32' });
  const other = new keras.Variable([7]);
  const scope = new StatelessScope({ stateMapping: [[v, [10, 20]]] });
  const doubled = scope.run(() => {
    v.assign(ops.add(v, 1));
    return ops.multiply(v, 2);
  });
  expect(await doubled.array()).toEqual([22, 42]);
  expect(await scope.getCurrentValue(v)!.array()).toEqual([11, 21]);
  expect(scope.getCurrentValue(other)).toBeNull();
  expect(await v.numpy()).toEqual([1, 2]);
  scope.run(() => v.assignAdd(1));
  expect(await scope.getCurrentValue(v)!.array()).toEqual([12, 22]);
  scope.addUpdate([v, new keras.Variable([0, 0])]);
  expect(await scope.run(() => v.value).array()).toEqual([0, 0]);
});

test('in a compiled function, values come and go as arguments', async () => {
  const v = new keras.Variable(2, { dtype: 'float32' });
  const step = keras.jit((value: keras.Tensor, x: keras.Tensor) => {
    const scope = new StatelessScope({ stateMapping: [[v, value]] });
    const y = scope.run(() => {
      v.assign(ops.multiply(v, x));
      return ops.add(v, 1);
    });
    return [y, scope.getCurrentValue(v)!] as const;
  });
  const [y, next] = step(keras.tensor(3, { dtype: 'float32' }), keras.tensor(5, { dtype: 'float32' }));
  expect([await y.item(), await next.item(), await v.value.item()]).toEqual([16, 15, 2]);
});

test('losses that layers add are gathered where that is asked for', async () => {
  class Penalty extends keras.Layer {
    call(x: keras.Tensor): keras.Tensor {
      this.addLoss(ops.sum(x));
      return x;
    }
  }
  const layer = new Penalty();
  const scope = new StatelessScope({ collectLosses: true });
  scope.run(() => layer([1, 2]));
  expect(await Promise.all(scope.losses.map((loss) => loss.item()))).toEqual([3]);
  const silent = new StatelessScope();
  silent.run(() => layer([1, 2]));
  expect(silent.losses).toEqual([]);
});

test('what fits no variable is refused', () => {
  const v = new keras.Variable([1, 2]);
  expect(() => new StatelessScope({ stateMapping: [[v, [1]]] })).toThrow(
    /StatelessScope: the value for variable "variable.*" has shape \(1,\)/,
  );
  expect(() => new StatelessScope({ stateMapping: [['v' as never, 1]] })).toThrow(/v is no variable/);
});

test('metrics have the same style, in a compiled loop of their own', async () => {
  const metric = new keras.metrics.MeanSquaredError();
  const run = keras.jit((state: keras.Tensor[], y: keras.Tensor) => {
    const next = metric.statelessUpdateState(state, y, ops.zerosLike(y));
    return [next, metric.statelessResult(next)] as const;
  });
  let [state, result] = run(metric.statelessResetState(), keras.tensor([1, 2], { dtype: 'float32' }));
  [state, result] = run(state, keras.tensor([3, 4], { dtype: 'float32' }));
  // Keras: the mean over both batches.
  expect(await result.item()).toBeCloseTo(7.5);
  expect(await metric.result().item()).toBe(0);
});
