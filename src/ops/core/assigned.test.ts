import { describe, expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { ops } = keras;
type Tensor = keras.Tensor;
const counter = (value = 0): keras.Variable => new keras.Variable(value, { dtype: 'float32', trainable: false });
const number = (x: keras.Variable | Tensor): number =>
  Number((x instanceof keras.Variable ? x.value : x).dataSync()[0]);
const list = (x: Tensor): number[] => [...x.dataSync()].map(Number);

/** At once, compiled, and where a gradient is taken: at once and compiled. */
const ways: readonly (readonly [string, <R>(f: () => R) => R])[] = [
  ['at once', (f) => f()],
  ['in jit', (f) => keras.jit(f)()],
  ['on the tape', (f) => keras.gradients(() => [ops.zeros([]), f()], []).aux as ReturnType<typeof f>],
  [
    'in a compiled gradient',
    (f) => keras.jit(() => keras.gradients(() => [ops.zeros([]), f()], []).aux)() as ReturnType<typeof f>,
  ],
  [
    'in a StatelessScope',
    (f) => {
      const scope = new keras.StatelessScope();
      const given = scope.run(f);
      for (const [variable, value] of scope.stateMapping) variable.assign(value);
      return given;
    },
  ],
];

describe.each(ways)('%s', (_, run) => {
  test('a branch that does not run assigns nothing', () => {
    for (const holds of [true, false]) {
      const [a, b, untouched] = [counter(1), counter(2), counter(3)];
      const found = run(() =>
        ops.cond(
          ops.equal(untouched, holds ? 3 : 4),
          () => {
            a.assignAdd(10);
            return ops.add(a, b);
          },
          () => {
            b.assign(ops.multiply(a, 7));
            a.assign(b);
            return ops.add(a, b);
          },
        ),
      ) as Tensor;
      expect([number(a), number(b), number(untouched), number(found)]).toEqual(holds ? [11, 2, 3, 13] : [7, 7, 3, 14]);
    }
  });
  test('of several branches one assigns, also of a branch within it', () => {
    const [a, b] = [counter(1), counter(2)];
    const nothing = (): void => {};
    run(() => [
      ops.switch(2, [
        nothing,
        () => void a.assign(5),
        () =>
          void ops.cond(
            ops.less(a, b),
            () => void b.assign(9),
            () => void a.assign(8),
          ),
      ]),
    ]);
    expect([number(a), number(b)]).toEqual([1, 9]);
  });
  test('each turn of a loop goes on with what the one before assigned', () => {
    const total = counter(1);
    const grow = (by: number | Tensor): void => void total.assign(ops.add(ops.multiply(total, 2), by));
    run(() =>
      ops.scan(
        (c: Tensor, x: Tensor) => {
          grow(x);
          return [c.add(total), total.value];
        },
        0,
        { xs: [1, 2, 3] },
      ),
    );
    expect(number(total)).toBe(19);
    run(() =>
      ops.map(
        (x: Tensor) => {
          grow(x);
          return x;
        },
        [1, 1],
      ),
    );
    expect(number(total)).toBe(79);
    run(() =>
      ops.foriLoop(
        0,
        3,
        (i: Tensor, x: Tensor) => {
          grow(0);
          return x.add(i);
        },
        0,
      ),
    );
    expect(number(total)).toBe(632);
    run(() =>
      ops.foriLoop(
        0,
        ops.convertToTensor(2),
        (_: Tensor, x: Tensor) => {
          total.assignSub(1);
          return x;
        },
        0,
      ),
    );
    expect(number(total)).toBe(630);
  });
  test('a while loop asks for what its turns assigned', () => {
    const total = counter(1);
    const [turns] = run(() =>
      ops.whileLoop(
        () => ops.less(total, 100),
        (n: Tensor) => {
          total.assign(ops.multiply(total, 3));
          return [n.add(1)];
        },
        [0],
      ),
    ) as [Tensor];
    expect([number(turns), number(total)]).toEqual([5, 243]);
    const bounded = run(() =>
      ops.whileLoop(
        () => true,
        (n: Tensor) => {
          total.assignAdd(n);
          return n.add(1);
        },
        0,
        { maximumIterations: 3 },
      ),
    ) as Tensor;
    expect([number(bounded), number(total)]).toEqual([3, 246]);
  });
  test('random numbers are drawn anew in every turn', () => {
    const seed = new keras.SeedGenerator({ seed: 3 });
    const drawn = list(run(() => ops.map(() => keras.random.uniform([], { seed }), ops.zeros([4]))) as Tensor);
    const again = new keras.SeedGenerator({ seed: 3 });
    expect(drawn).toEqual([0, 1, 2, 3].map(() => number(keras.random.uniform([], { seed: again }))));
    expect(list(seed.state.value)).toEqual(list(again.state.value));
  });
  test('a function with a gradient of its own assigns once', () => {
    const count = counter();
    const twice = ops.customGradient((x: Tensor) => {
      count.assignAdd(1);
      const factor = ops.add(count, 1);
      return [ops.multiply(x, factor), (upstream: Tensor) => ops.multiply(upstream, factor)];
    });
    const x = keras.tensor([1, 2], { dtype: 'float32' });
    const [value, slope] = run(() => {
      const found = keras.gradients(() => ops.sum(twice(x)) as Tensor, [x]);
      return [found.value, found.gradients[0]!];
    });
    expect([number(value!), list(slope!), number(count)]).toEqual([6, [2, 2], 1]);
  });
});

test('a gradient goes through what a branch and a loop assign', () => {
  const x = keras.tensor(2, { dtype: 'float32' });
  const held = counter();
  const through = (f: () => unknown): number =>
    number(
      keras.jit(() => {
        const { gradients } = keras.gradients(() => {
          f();
          return held.value;
        }, [x]);
        return gradients[0]!;
      })(),
    );
  expect(
    through(() =>
      ops.cond(
        ops.greater(x, 1),
        () => held.assign(ops.square(x)),
        () => held.assign(x),
      ),
    ),
  ).toBe(4);
  expect(
    through(() => {
      held.assign(x);
      ops.foriLoop(
        0,
        3,
        (_: Tensor, n: Tensor) => {
          held.assign(ops.multiply(held, x));
          return n;
        },
        0,
      );
    }),
  ).toBe(32);
});

test('branches that give different things are told so', () => {
  const a = counter();
  expect(() =>
    ops.cond(
      true,
      () => a.assignAdd(1),
      () => ops.ones([2]),
    ),
  ).toThrow('cond: its branches give float32(2,) and float32()');
  expect(() => ops.switch(0, [() => 1, () => ops.zeros([])])).toThrow(
    'switch: its branches give int32() and float32()',
  );
});

test('where nobody knows how often a function runs, it must not assign', () => {
  const count = counter();
  const assign = (): Tensor => count.assignAdd(1);
  expect(() =>
    ops.whileLoop(
      () => ops.less(assign(), 3),
      (n: Tensor) => n,
      0,
    ),
  ).toThrow(/whileLoop: the condition assigns variable.*Fix: assign variables in the body/s);
  expect(() => ops.vectorize((x: Tensor) => x.add(assign()))([1, 2])).toThrow(
    /vectorize: its function assigns variable.*Fix: use ops.map/s,
  );
  expect(number(count)).toBe(0);
});
