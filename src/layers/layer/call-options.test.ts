import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
type Call = (...args: unknown[]) => unknown;
const x = ops.ones([2, 3, 4]);

/** A layer of a user's, whose call takes an option of its own. */
class Scaled extends keras.Layer<{}, [x: keras.Tensor, options?: { scale?: number; shift?: number }]> {
  static override readonly className = 'Scaled';
  override call(inputs: keras.Tensor, options: { scale?: number; shift?: number } = {}): keras.Tensor {
    return options.scale === undefined ? inputs : inputs.mul(options.scale).add(options.shift ?? 0);
  }
}
const built = new keras.Sequential([keras.Input({ shape: [3, 4] }), new layers.Dense({ units: 2 })]);
const functional = new keras.Model({ inputs: built.inputs!, outputs: built.outputs! });

test('a call refuses options that it does not know', () => {
  const called: Record<string, Call> = {
    dense: new layers.Dense({ units: 2 }) as unknown as Call,
    dropout: new layers.Dropout({ rate: 0.5 }) as unknown as Call,
    lstm: new layers.LSTM({ units: 2 }) as unknown as Call,
    bidirectional: new layers.Bidirectional({ layer: new layers.GRU({ units: 2 }) }) as unknown as Call,
    distributed: new layers.TimeDistributed({ layer: new layers.Dense({ units: 2 }) }) as unknown as Call,
    sequential: built as unknown as Call,
    functional: functional as unknown as Call,
    scaled: new Scaled() as unknown as Call,
  };
  for (const [name, layer] of Object.entries(called)) {
    expect(() => layer(x, { traning: true }), name).toThrow(/unknown option "traning"\n.*did you mean "training"/);
    expect(() => layer(keras.Input({ shape: [3, 4] }), { traning: true }), name).toThrow('unknown option "traning"');
    layer(x, { training: false });
  }
});
test('options of its own are known', async () => {
  const attention = new layers.MultiHeadAttention({ numHeads: 1, keyDim: 2 });
  expect(attention(x, x, { useCausalMask: true })).toHaveProperty('shape', [2, 3, 4]);
  expect(() => (attention as unknown as Call)(x, x, { useCausalMaks: true })).toThrow('did you mean "useCausalMask"');
  const scaled = new Scaled();
  expect(await scaled(ops.ones([1]), { scale: 2, shift: 1 }).array()).toEqual([3]);
  // Not read this time, but under another condition.
  expect(await scaled(ops.ones([1]), { shift: 1 }).array()).toEqual([1]);
  expect(() => (scaled as unknown as Call)(x, { scale: 2, shfit: 1 })).toThrow('did you mean "shift"');
});
test("the library's layers take no options by position", () => {
  expect(() => (new layers.Dropout({ rate: 0.5 }) as unknown as Call)(x, true)).toThrow(
    'expects an object of options, but was given true by position',
  );
});
