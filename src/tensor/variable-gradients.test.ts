import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { ops } = keras;
const list = (t: keras.Tensor): number[] => [...t.dataSync()].map(Number);

/** a³b summed, with respect to both. */
const cubes = (a: keras.Variable, b: keras.Variable) =>
  keras.gradients(() => {
    const y = ops.multiply(ops.power(a, 3), b);
    return [ops.sum(y), { y }];
  }, [a, b]);

test('gradients over variables are the same at once and compiled', () => {
  const a = new keras.Variable([1, 2], { dtype: 'float32' });
  const b = new keras.Variable([3, 5], { dtype: 'float32' });
  for (const f of [() => cubes(a, b), keras.jit(() => cubes(a, b))]) {
    const { value, aux, gradients } = f();
    expect(list(value)).toEqual([43]);
    expect(list(aux.y)).toEqual([3, 40]);
    expect(gradients.map(list)).toEqual([
      [9, 60],
      [1, 8],
    ]);
  }
});

test('one within another gives second derivatives, at once and compiled, over tensors too', () => {
  const w = new keras.Variable([0.5, -0.3], { dtype: 'float32' });
  const x = keras.tensor([1.5, 0.7], { dtype: 'float32' });
  const critic = (): keras.Tensor => ops.sum(ops.tanh(ops.multiply(w, x)));
  const penalty = (): keras.Tensor => {
    const { gradients } = keras.gradients(critic, [x]);
    return ops.square(ops.subtract(ops.norm(gradients[0]!), 1));
  };
  const step = () => keras.gradients(penalty, [w]).gradients[0]!;
  const eager = list(step());
  const compiled = list(keras.jit(step)());
  // Finite differences of the penalty, in float64.
  const at = ([p, q]: readonly [number, number]): number => {
    const slope = (v: number, u: number): number => v * (1 - Math.tanh(v * u) ** 2);
    return (Math.hypot(slope(p, 1.5), slope(q, 0.7)) - 1) ** 2;
  };
  const h = 1e-5;
  const expected = [
    (at([0.5 + h, -0.3]) - at([0.5 - h, -0.3])) / (2 * h),
    (at([0.5, -0.3 + h]) - at([0.5, -0.3 - h])) / (2 * h),
  ];
  expected.forEach((e, k) => {
    expect(eager[k]).toBeCloseTo(e, 4);
    expect(compiled[k]).toBeCloseTo(e, 4);
  });
});

test('a jitted function has gradients at once', () => {
  const f = keras.jit((x: keras.Tensor) => ops.sum(ops.square(x)));
  const w = new keras.Variable([1, 2], { dtype: 'float32' });
  expect(list(keras.gradients(() => f(w.value), [w]).gradients[0]!)).toEqual([2, 4]);
  expect(list(keras.grad(f)(keras.tensor([3], { dtype: 'float32' })) as keras.Tensor)).toEqual([6]);
});

test('what was computed before is a constant, compiled too: an update of one network in the loss of another', () => {
  const step = () => {
    const a = new keras.Variable([2], { dtype: 'float32' });
    const b = new keras.Variable([3], { dtype: 'float32' });
    const update = (): keras.Tensor => {
      const first = keras.gradients(() => ops.sum(ops.multiply(a, b)), [a]);
      a.assign(ops.subtract(a, first.gradients[0]!));
      return keras.gradients(() => ops.sum(ops.multiply(a, b)), [b]).gradients[0]!;
    };
    const slope = (x: keras.Tensor): keras.Tensor => {
      const before = ops.square(x);
      return keras.grad((z: keras.Tensor) => ops.sum(ops.multiply(z, before)))(x);
    };
    return { update, slope };
  };
  const x = keras.tensor([3], { dtype: 'float32' });
  // a becomes 2 - 3, and b has that slope, though a was made of b.
  expect(list(step().update())).toEqual([-1]);
  expect(list(keras.jit(step().update)())).toEqual([-1]);
  expect(list(step().slope(x))).toEqual([9]);
  expect(list(keras.jit(step().slope)(x))).toEqual([9]);
});

test('variables that are assigned on the way keep no history', () => {
  const w = new keras.Variable([2], { dtype: 'float32' });
  const running = new keras.Variable([0], { dtype: 'float32', trainable: false });
  for (let n = 0; n < 3; n++)
    keras.gradients(() => {
      running.assign(ops.add(running, w));
      return ops.sum(ops.multiply(w, running));
    }, [w]);
  expect(list(running.value)).toEqual([6]);
  expect(running.held.equation).toBeUndefined();
});

test('what is no loss, and no variable, is named with the cure', () => {
  const w = new keras.Variable([2], { dtype: 'float32' });
  expect(() => keras.gradients(() => ops.square(w), [w])).toThrow(/must give a scalar.*Fix: reduce/s);
  const early = ops.sum(ops.square(w));
  expect(() => keras.gradients(() => early, [w])).toThrow(/computed outside of it.*Fix: compute the loss within/s);
  expect(() => keras.gradients((() => 3) as never, [w])).toThrow(/number 3 instead of a loss/);
  expect(() => keras.gradients(() => ops.sum(w), [keras.tensor([1], { dtype: 'int32' })])).toThrow(/int32/);
});
