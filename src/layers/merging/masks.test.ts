import { describe, expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { maskOf } from '../layer/masks.ts';

const { layers } = keras;
const float = (data: number[][][]): keras.Tensor => keras.tensor(data, { dtype: 'float32' });
const masked = (data: number[][][]): keras.Tensor => new layers.Masking()(float(data));
const x = [
  [
    [1, 5],
    [0, 0],
    [2, 0],
    [0, 0],
  ],
];
const y = [
  [
    [3, 4],
    [4, -1],
    [0, 0],
    [0, 0],
  ],
];
const z = float([
  [
    [-7, 9],
    [9, 9],
    [9, 9],
    [-9, -9],
  ],
]);

// Values of Keras 3.15.1.
describe('what is masked in one input leaves the others as they are', () => {
  test.each([
    [
      'Maximum',
      'both',
      [
        [3, 5],
        [4, -1],
        [2, 0],
        [0, 0],
      ],
    ],
    [
      'Maximum',
      'one',
      [
        [1, 9],
        [9, 9],
        [9, 9],
        [-9, -9],
      ],
    ],
    [
      'Maximum',
      'three',
      [
        [3, 9],
        [9, 9],
        [9, 9],
        [-9, -9],
      ],
    ],
    [
      'Minimum',
      'both',
      [
        [1, 4],
        [4, -1],
        [2, 0],
        [0, 0],
      ],
    ],
    [
      'Minimum',
      'one',
      [
        [-7, 5],
        [9, 9],
        [2, 0],
        [-9, -9],
      ],
    ],
    [
      'Minimum',
      'three',
      [
        [-7, 4],
        [4, -1],
        [2, 0],
        [-9, -9],
      ],
    ],
    [
      'Multiply',
      'both',
      [
        [3, 20],
        [4, -1],
        [2, 0],
        [0, 0],
      ],
    ],
    [
      'Multiply',
      'one',
      [
        [-7, 45],
        [9, 9],
        [18, 0],
        [-9, -9],
      ],
    ],
    [
      'Multiply',
      'three',
      [
        [-21, 180],
        [36, -9],
        [18, 0],
        [-9, -9],
      ],
    ],
  ] as const)('%s of %s', async (name, which, want) => {
    const inputs = { both: [masked(x), masked(y)], one: [z, masked(x)], three: [masked(x), z, masked(y)] }[which];
    const output = new layers[name]()(inputs);
    expect(await output.array()).toEqual([want]);
    const mask = maskOf(output);
    if (which === 'both') expect([...(await mask!.data())]).toEqual([1, 1, 1, 0]);
    else expect(mask).toBeUndefined();
  });
});
test('masks are joined along the axis of Concatenate', async () => {
  const joint = async (axis: number, ...inputs: keras.Tensor[]) => [
    ...(await maskOf(new layers.Concatenate({ axis })(inputs))!.data()),
  ];
  expect(await joint(-1, masked(x), masked(y))).toEqual([1, 1, 1, 0]);
  expect(await joint(-1, masked(x), float(y))).toEqual([1, 1, 1, 1]);
  expect(await joint(1, masked(x), masked(y))).toEqual([1, 0, 1, 0, 1, 1, 0, 0]);
});
test.each(['Concatenate', 'Maximum', 'Minimum', 'Multiply', 'Add'] as const)(
  '%s of masked inputs of unknown batch size',
  async (name) => {
    const inputs = [keras.Input({ shape: [3], dtype: 'int32' }), keras.Input({ shape: [3], dtype: 'int32' })];
    const embedded = inputs.map((ids) =>
      new layers.Embedding({ inputDim: 5, outputDim: 2, maskZero: true, embeddingsInitializer: 'ones' })(ids),
    );
    const outputs = new layers.Dense({ units: 1, kernelInitializer: 'zeros' })(new layers[name]()(embedded));
    const model = new keras.Model({ inputs, outputs });
    model.compile({ loss: 'mae' });
    const ids = [1, 2].map((k) => keras.tensor([[k, 2, 0]], { dtype: 'int32' }));
    expect(await model.evaluate(ids, [[[5], [3], [100]]], { verbose: 0 })).toBe(4);
  },
);
