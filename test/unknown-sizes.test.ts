import fc from 'fast-check';
import * as keras from 'hornbeam';
import { describe, expect, test } from 'vitest';

const { layers, ops } = keras;

/** Calls layers that are built in the middle of its own call. */
class Block extends keras.Layer {
  static override readonly className: string = 'SizesBlock';
  readonly first = new layers.Conv1D({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' });
  readonly second = new layers.Dense({ units: 3 });
  override call(x: keras.Tensor): keras.Tensor {
    return this.second(this.first(x));
  }
}
class Outer extends keras.Layer {
  static override readonly className: string = 'SizesOuter';
  readonly block = new Block();
  readonly last = new layers.LayerNormalization();
  override call(x: keras.Tensor): keras.Tensor {
    return this.last(this.block(x));
  }
}
const standIns = [2520, 5040, 7560, 10080];
const size = fc.oneof(fc.constantFrom(...standIns, 1260, 2519, 2521, 2), fc.integer({ min: 1, max: 12000 }));

describe('unknown sizes', () => {
  test('no real size is taken for an unknown one', () => {
    fc.assert(
      fc.property(size, fc.option(size), (channels, steps) => {
        const x = keras.Input({ shape: [steps, channels] });
        const layer = new Outer();
        expect(layer(x).shape).toEqual([null, steps === null ? null : Math.ceil(steps / 2), 3]);
        const kernels = layer.weights.filter((w) => w.name === 'kernel').map((w) => w.shape);
        expect(kernels).toEqual([
          [3, channels, 4],
          [4, 3],
        ]);
        expect(layer.block.second.getBuildConfig()).toEqual({
          input_shape: [null, steps === null ? null : Math.ceil(steps / 2), 4],
        });
      }),
      { numRuns: 12 },
    );
  });

  test('ops of known and unknown sizes give what they give for any other number', () => {
    fc.assert(
      fc.property(size, size, (n, m) => {
        const [x, y] = [keras.Input({ batchShape: [null, n] }), keras.Input({ batchShape: [m, n] })];
        expect(ops.add(x, 1).shape).toEqual([null, n]);
        expect(ops.concatenate([x, x], { axis: 1 }).shape).toEqual([null, 2 * n]);
        expect(ops.add(x, y).shape).toEqual(m === 1 ? [null, n] : [m, n]);
        expect(ops.matmul(y, ops.transpose(x)).shape).toEqual([m, null]);
        expect(ops.reshape(x, [-1, n, 1]).shape).toEqual([null, n, 1]);
        expect(ops.repeat(x, m, { axis: 1 }).shape).toEqual([null, n * m]);
        expect(ops.zerosLike(x).shape).toEqual([null, n]);
      }),
      { numRuns: 40 },
    );
  });

  test('an unknown size read off a symbolic tensor can be given to reshape, and is refused with a cure elsewhere', () => {
    const x = keras.Input({ shape: [2, 3] });
    expect(ops.reshape(x, [x.shape[0]!, 6]).shape).toEqual([null, 6]);
    expect(() => ops.broadcastTo(x, [x.shape[0]!, 2, 3])).toThrow(/not known before the model runs.*\s.*zerosLike/);
    expect(() => ops.reshape(x, [-1, -1, 6])).toThrow('more than one size open');
  });

  test('sizes are typed as what they may be where they are asked for', () => {
    const x = keras.Input({ shape: [4] });
    const sizes: keras.SymbolicShape = ops.shape(x);
    expect([sizes, x.symbolicShape]).toEqual([
      [null, 4],
      [null, 4],
    ]);
    // @ts-expect-error: an unknown size is null, with which nothing can be computed
    const twice = (): number => x.symbolicShape[0] * 2;
    expect(twice).toBeTypeOf('function');
  });

  test('a layer whose weights would depend on an unknown size is refused, wherever it stands', () => {
    class Flat extends keras.Layer {
      static override readonly className = 'FlatOfUnknown';
      readonly dense = new layers.Dense({ units: 3 });
      override call(x: keras.Tensor): keras.Tensor {
        return this.dense(ops.reshape(x, [x.shape[0]!, -1]));
      }
    }
    expect(new Flat()(keras.Input({ shape: [4, 2520] })).shape).toEqual([null, 3]);
    expect(() => new Flat()(keras.Input({ shape: [null, 4] }))).toThrow(/got \(null, 3\)/);
  });

  test('messages show sizes that are unknown as unknown, and real ones as they are', () => {
    const [x, y] = [keras.Input({ shape: [2520] }), keras.Input({ shape: [5040] })];
    expect(() => ops.add(x, y)).toThrow('(null, 2520) and (null, 5040)');
    expect(() => ops.reshape(x, [7, 11])).toThrow('(null, 2520)');
    class Wrong extends keras.Layer {
      static override readonly className = 'WrongReshape';
      override call(t: keras.Tensor): keras.Tensor {
        return ops.reshape(t, [t.shape[0]! * 2, 2520]);
      }
    }
    expect(() => new Wrong()(x)).toThrow(/\(null, 2520\) \(null elements\) cannot take shape \(null, 2520\)/);
  });

  test('a layer that only some sizes reach is refused', () => {
    class Branch extends keras.Layer {
      static override readonly className: string = 'SizeBranch';
      readonly wide = new layers.Dense({ units: 3 });
      readonly narrow = new layers.Dense({ units: 3 });
      override call(x: keras.Tensor): keras.Tensor {
        return x.shape[0]! > 3000 ? this.wide(ops.squeeze(x)) : this.narrow(x);
      }
    }
    expect(() => new Branch()(keras.Input({ shape: [4] }))).not.toThrow();
    class Sometimes extends Branch {
      static override readonly className = 'SizeSometimes';
      override call(x: keras.Tensor): keras.Tensor {
        return x.shape[0]! > 3000 ? x : this.narrow(x);
      }
    }
    expect(() => new Sometimes()(keras.Input({ shape: [4] }))).toThrow(/depends on a size that is unknown/);
  });

  test('layers made in call, and errors that call catches, do not confuse what is built', () => {
    class Lenient extends keras.Layer {
      static override readonly className = 'Lenient';
      readonly dense = new layers.Dense({ units: 3 });
      override call(x: keras.Tensor): keras.Tensor {
        const y = new Relay()(x);
        try {
          return this.dense(y);
        } catch {
          return y;
        }
      }
    }
    class Relay extends keras.Layer {
      static override readonly className = 'Relay';
      seen: unknown;
      override build(shape: readonly (number | null)[]): void {
        this.seen = shape;
        if (shape[0] !== null) throw new Error(`built on ${String(shape)}`);
      }
      override call(x: keras.Tensor): keras.Tensor {
        return ops.relu(x);
      }
    }
    const layer = new Lenient();
    expect(layer(keras.Input({ shape: [2520] })).shape).toEqual([null, 3]);
    expect(layer.dense.kernel.shape).toEqual([2520, 3]);
  });
});
