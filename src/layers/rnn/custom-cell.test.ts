import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
const x = ops.ones([1, 3, 2]);

test('a cell may have attributes of any name', async () => {
  class Adding extends keras.Layer<{}, [x: keras.Tensor, states: readonly keras.Tensor[]], any> {
    static override readonly className = 'Adding';
    readonly stateSize = 2;
    readonly gateCount = 7;
    readonly project = new layers.Dense({ units: 2, kernelInitializer: 'ones' });
    call(inputs: keras.Tensor, [state]: readonly keras.Tensor[]) {
      const next = ops.add(this.project(inputs), state);
      return [next, [next]];
    }
  }
  const rnn = new layers.RNN({ cell: new Adding() });
  expect(await (rnn(x) as keras.Tensor).array()).toEqual([[6, 6]]);
  expect(rnn.weights.length).toBe(2);
});

test('a cell that extends one of the library’s is asked by its own call', async () => {
  class Doubled extends layers.SimpleRNNCell {
    override call(inputs: keras.Tensor, states: readonly keras.Tensor[]): [keras.Tensor, keras.Tensor[]] {
      const [y, next] = super.call(inputs, states);
      return [ops.multiply(y, 2), next];
    }
  }
  const ones = { units: 1, activation: 'linear', kernelInitializer: 'ones', recurrentInitializer: 'zeros' } as const;
  const plain = new layers.RNN({ cell: new layers.SimpleRNNCell(ones), returnSequences: true });
  const doubled = new layers.RNN({ cell: new Doubled(ones), returnSequences: true });
  expect(await (plain(x) as keras.Tensor).array()).toEqual([[[2], [2], [2]]]);
  expect(await (doubled(x) as keras.Tensor).array()).toEqual([[[4], [4], [4]]]);
});
