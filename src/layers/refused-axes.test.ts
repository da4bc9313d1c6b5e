import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
const x = ops.reshape(ops.arange(24, { dtype: 'float32' }), [2, 3, 4]);

// Keras 3.15 refuses these too, the first two by the same words as NumPy.
test.each([0, 1])('RMSNormalization over axis %i of three names what does not fit', (axis) => {
  expect(() => new layers.RMSNormalization({ axis })(x)).toThrow(`does not fit the last axes of (2, 3, 4)`);
});
test('RMSNormalization over the last two axes has a scale for each place, as in Keras', () => {
  const layer = new layers.RMSNormalization({ axis: [1, 2] });
  const y = layer(ops.divide(x, 5));
  expect(layer.scale.shape).toEqual([3, 4]);
  expect(Array.from(y.dataSync().slice(0, 3))).toEqual([0, 1, 2].map((k) => expect.closeTo(k * 0.15399806, 6)));
});
test('Softmax on a masked sequence says which shapes do not go together', () => {
  const masked = new layers.Masking()(keras.Input({ shape: [3, 4] }));
  for (const axis of [-1, 1])
    expect(() => new layers.Softmax({ axis })(masked)).toThrow(
      'the mask of shape (null, 3) does not broadcast to inputs of shape (null, 3, 4)',
    );
});
test('Softmax takes a mask that broadcasts, and gives 0 where it is false', () => {
  const mask = ops.reshape(ops.cast([1, 1, 0], 'bool'), [1, 3, 1]);
  const y = new layers.Softmax({ axis: 1 })(ops.zeros([2, 3, 4]), { mask });
  expect(Array.from(ops.reshape(y, [2, 3, 4]).dataSync().slice(0, 12))).toEqual([
    ...Array(8).fill(0.5),
    ...Array(4).fill(0),
  ]);
});
