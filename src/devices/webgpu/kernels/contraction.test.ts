import { afterAll, describe, expect, it } from 'vitest';
import { type DType, dtypeInfo, type TypedArray } from '../../../base/dtype.ts';
import { sizeOf } from '../../../base/shape.ts';
import { makeProgram } from '../../../ir/program.ts';
import { Tensor } from '../../../ir/tensor.ts';
import type { ConvAttrs } from '../../../primitives/conv.ts';
import { add, broadcast, conv, dot, exp, max, mul, reverse, transpose } from '../../../primitives/index.ts';
import { referenceDevice } from '../../reference/device.ts';
import { testDevice } from '../testing.ts';

const reference = referenceDevice();
const device = await testDevice();
/** The same GPU, taken for a real one: it gets tiles. */
const real = await testDevice({ isSoftware: false });
afterAll(() => {
  device?.close();
  real?.close();
});

let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
const tensor = (shape: readonly number[], dtype: DType = 'float32') => new Tensor({ shape, dtype });

/** Runs a program on the GPU and on the reference device, and compares. */
async function expectSame(inputs: readonly Tensor[], outputs: readonly Tensor[], on = device!): Promise<void> {
  const program = makeProgram('test', inputs, outputs);
  const data = inputs.map(({ shape, dtype }): TypedArray => {
    const { array, kind } = dtypeInfo[dtype];
    return new array(sizeOf(shape)).map(() => (kind === 'float' ? 2 * random() - 1 : Math.floor(9 * random()) - 4));
  });
  const judge = reference.compile(program).run(data.map((x, i) => reference.upload(x, inputs[i]!.dtype)));
  const given = data.map((x, i) => on.upload(x, inputs[i]!.dtype));
  const made = on.compile(program).run(given);
  for (const [k, t] of outputs.entries()) {
    const right = reference.download(judge[k]!, t) as TypedArray;
    const got = await on.download(made[k]!, t);
    right.forEach((value, i) => {
      if (!(Math.abs(got[i]! - value) <= 2e-5 * (4 + Math.abs(value))))
        expect.fail(`${inputs.map((x) => `${x.dtype}[${x.shape}]`)}: output ${k}[${i}] is ${got[i]}, not ${value}`);
    });
  }
  for (const buffer of [...given, ...made]) on.free(buffer);
}
const plain = { batch: [[], []], contract: [[1], [0]] } as const;

describe.runIf(device)('products on the GPU', () => {
  it('multiplies matrices of any size', async () => {
    for (const [m, n, k] of [
      [1, 1, 1],
      [3, 5, 7],
      [64, 64, 64],
      [33, 65, 17],
      [128, 128, 32],
      [130, 260, 50],
      [1, 300, 64],
      [300, 1, 64],
      [257, 100, 130],
    ] as const) {
      const [x, y] = [tensor([m, k]), tensor([k, n])];
      await expectSame([x, y], [dot(x, y, plain)]);
    }
  });

  it('multiplies transposed, reversed and broadcast matrices', async () => {
    for (const [m, n, k] of [
      [20, 36, 44],
      [37, 19, 23],
      [132, 140, 68],
    ] as const)
      for (let form = 0; form < 4; form++) {
        const x = tensor(form & 1 ? [k, m] : [m, k]);
        const y = tensor(form & 2 ? [n, k] : [k, n]);
        const turned = (t: Tensor) => transpose(t, { perm: [1, 0] });
        await expectSame([x, y], [dot(form & 1 ? turned(x) : x, form & 2 ? turned(y) : y, plain)]);
        await expectSame(
          [x, y],
          [dot(reverse(form & 1 ? turned(x) : x, { axes: [1] }), form & 2 ? turned(y) : y, plain)],
        );
      }
    const row = tensor([40]);
    const y = tensor([40, 24]);
    await expectSame([row, y], [dot(broadcast(row, { shape: [16, 40], axes: [1] }), y, plain)]);
    const square = tensor([32, 32]);
    await expectSame([square], [dot(square, square, plain)]);
  });

  it('multiplies batches with several axes of each kind', async () => {
    const [q, k] = [tensor([3, 10, 4, 16]), tensor([3, 12, 4, 16])];
    const scores = {
      batch: [
        [0, 2],
        [0, 2],
      ],
      contract: [[3], [3]],
    } as const;
    await expectSame([q, k], [dot(q, k, scores)]);
    const [x, y] = [tensor([2, 3, 5, 4]), tensor([5, 7, 2, 4, 3])];
    await expectSame(
      [x, y],
      [
        dot(x, y, {
          batch: [[0], [2]],
          contract: [
            [3, 2],
            [3, 0],
          ],
        }),
      ],
    );
  });

  it('cuts long sums into parts', async () => {
    for (const [m, n, k] of [
      [16, 12, 5000],
      [64, 64, 4096],
      [10, 3, 3001],
    ] as const) {
      const [x, y, bias] = [tensor([k, m]), tensor([k, n]), tensor([n])];
      const product = dot(x, y, { batch: [[], []], contract: [[0], [0]] });
      await expectSame([x, y, bias], [add(product, broadcast(bias, { shape: [m, n], axes: [1] }))]);
    }
  });

  it('does the fused tail, with several stores', async () => {
    const [x, y, bias, rest] = [tensor([50, 24]), tensor([24, 36]), tensor([36]), tensor([50, 36])];
    const sum = add(dot(x, y, plain), broadcast(bias, { shape: [50, 36], axes: [1] }));
    await expectSame([x, y, bias, rest], [mul(exp(sum), rest), sum]);
    await expectSame([x, y, bias], [transpose(max(sum, mul(sum, sum)), { perm: [1, 0] })]);
  });

  it('multiplies integers', async () => {
    const [x, y] = [tensor([17, 40], 'int32'), tensor([40, 20], 'int32')];
    await expectSame([x, y], [dot(x, y, plain)]);
    const [a, b] = [tensor([17, 40], 'int8'), tensor([40, 20], 'int8')];
    await expectSame([a, b], [dot(a, b, { ...plain, dtype: 'int32' })]);
  });
});

describe.runIf(real)('tiles', () => {
  const both = (m: number, n: number, k: number, form = 0): [Tensor, Tensor, Tensor] => {
    const [x, y] = [tensor(form & 1 ? [k, m] : [m, k]), tensor(form & 2 ? [n, k] : [k, n])];
    const contract = [[form & 1 ? 0 : 1], [form & 2 ? 1 : 0]] as const;
    return [x, y, dot(x, y, { batch: [[], []], contract })];
  };

  it('holds blocks of any layout, with edges', async () => {
    for (const [m, n, k, form] of [
      [33, 70, 150, 0],
      [68, 36, 96, 1],
      [36, 100, 80, 2],
    ] as const) {
      const [x, y, product] = both(m, n, k, form);
      await expectSame([x, y], [product], real!);
    }
  });

  it('adds the parts of a long sum before the tail', async () => {
    const [x, y, product] = both(16, 12, 3001, 1);
    const bias = tensor([12]);
    await expectSame([x, y, bias], [exp(add(product, broadcast(bias, { shape: [16, 12], axes: [1] })))], real!);
  });

  it('takes patches of images as they come', async () => {
    const [image, window] = [tensor([2, 9, 10, 1, 8]), tensor([1, 3, 3, 8, 16])];
    const attrs = {
      strides: [2, 1],
      padding: [
        [1, 1],
        [0, 1],
      ] as const,
      dilation: [1, 1],
      inputDilation: [1, 1],
    };
    const y = conv(image, window, attrs);
    await expectSame([image, window], [y], real!);
    const g = tensor(y.shape);
    const gradients = conv.rule.vjp!(g, [image, window], attrs, y, undefined as never) as Tensor[];
    await expectSame([g, window], [gradients[0]!], real!);
    await expectSame([image, g], [gradients[1]!], real!);
  });
});

describe.runIf(device)('convolutions on the GPU', () => {
  const convolve = async (x: readonly number[], w: readonly number[], attrs: Partial<ConvAttrs> = {}) => {
    const rank = x.length - 3;
    const each = <T>(value: T): T[] => Array.from({ length: rank }, () => value);
    const all = {
      strides: each(1),
      padding: each([1, 1] as const),
      dilation: each(1),
      inputDilation: each(1),
      ...attrs,
    };
    const [image, window] = [tensor(x), tensor(w)];
    const y = conv(image, window, all);
    await expectSame([image, window], [y]);
    const g = tensor(y.shape);
    const gradients = conv.rule.vjp!(g, [image, window], all, y, undefined as never) as Tensor[];
    await expectSame([g, window], [gradients[0]!]);
    await expectSame([image, g], [gradients[1]!]);
  };

  it('slides windows over images, forward and for both gradients', async () => {
    await convolve([2, 9, 10, 1, 8], [1, 3, 3, 8, 16]);
    await convolve([3, 8, 7, 1, 3], [1, 3, 3, 3, 5]);
    await convolve([1, 12, 12, 1, 4], [1, 1, 1, 4, 8], {
      padding: [
        [0, 0],
        [0, 0],
      ],
    });
    await convolve([2, 20, 1, 6], [1, 5, 6, 7], { padding: [[2, 2]] });
    await convolve([1, 4, 5, 6, 1, 4], [1, 2, 3, 2, 4, 4]);
  });

  it('strides, dilates, spreads and groups', async () => {
    await convolve([2, 9, 10, 1, 4], [1, 3, 3, 4, 8], { strides: [2, 3] });
    await convolve([2, 11, 10, 1, 4], [1, 3, 3, 4, 4], {
      dilation: [2, 1],
      padding: [
        [2, 2],
        [0, 3],
      ],
    });
    await convolve([2, 5, 4, 1, 4], [1, 3, 3, 4, 4], {
      inputDilation: [2, 3],
      padding: [
        [2, 1],
        [1, 2],
      ],
    });
    await convolve([2, 5, 4, 1, 4], [1, 2, 1, 4, 4], {
      inputDilation: [3, 2],
      padding: [
        [1, 1],
        [0, 0],
      ],
    });
    await convolve([2, 5, 6, 1, 4], [1, 3, 3, 4, 4], { inputDilation: [2, 2], strides: [2, 1], dilation: [1, 2] });
    await convolve([2, 9, 10, 2, 4], [2, 3, 3, 4, 6], { strides: [2, 1] });
    await convolve([1, 10, 9, 1, 4], [1, 3, 3, 4, 4], {
      padding: [
        [-1, 2],
        [0, -2],
      ],
    });
  });

  it('slides windows over each channel by itself', async () => {
    await convolve([2, 9, 10, 16, 1], [16, 3, 3, 1, 1]);
    await convolve([2, 9, 10, 12, 1], [12, 3, 3, 1, 2], { strides: [2, 2] });
  });
});
