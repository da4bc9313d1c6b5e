import { expect, test } from 'vitest';
import { explain } from '../../compiler/check/explain.ts';
import { compile } from '../../compiler/compile.ts';
import { threadsTarget } from '../../compiler/threads-target.ts';
import * as keras from '../../index.ts';

const { layers } = keras;
const steps = 7;
const x = keras.ops.sin(keras.ops.reshape(keras.ops.arange(4 * steps * 3, { dtype: 'float32' }), [4, steps, 3]));
const y = keras.ops.ones([4, 2]);

// In and back through time: two loops a layer and direction.
test.each<[name: string, loops: number, () => keras.layers.Layer[]]>([
  ['LSTM', 2, () => [new layers.LSTM({ units: 2 })]],
  ['GRU', 2, () => [new layers.GRU({ units: 2 })]],
  ['GRU of Keras 1', 2, () => [new layers.GRU({ units: 2, resetAfter: false })]],
  ['SimpleRNN', 2, () => [new layers.SimpleRNN({ units: 2 })]],
  ['LSTM that goes backwards', 2, () => [new layers.LSTM({ units: 2, goBackwards: true })]],
  ['recurrent dropout', 2, () => [new layers.LSTM({ units: 2, dropout: 0.2, recurrentDropout: 0.3, seed: 1 })]],
  ['a mask', 2, () => [new layers.Masking({}), new layers.LSTM({ units: 2 })]],
  ['two layers', 4, () => [new layers.LSTM({ units: 3, returnSequences: true }), new layers.GRU({ units: 2 })]],
  [
    'two cells',
    2,
    () => [new layers.RNN({ cell: [new layers.LSTMCell({ units: 3 }), new layers.GRUCell({ units: 2 })] })],
  ],
  ['both directions', 4, () => [new layers.Bidirectional({ layer: new layers.LSTM({ units: 1 }) })]],
])('the training step of %s runs forward once', async (_, loops, make) => {
  const model = new keras.Sequential({ layers: [keras.Input({ shape: [steps, 3] }), ...make()] });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await model.trainOnBatch(x, y);
  const { program } = model.trainFunction.executable!;
  const text = explain(
    compile(
      program,
      threadsTarget(1, () => true),
    ),
  );
  expect(text.split(`repeat ${steps} times`).length - 1).toBe(loops);
});
