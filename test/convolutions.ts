import type { ConvAxis, ConvSpec } from '../src/devices/wasm/kernels/conv-geometry.ts';

// Convolutions as the kernels are given them, and their gradients, which are convolutions too.

export type ConvCase = Omit<ConvSpec, 'extra' | 'epilogue'>;

/** A forward convolution of contiguous x [n, ...p, g, c] with w [g, ...k, c, o] (or, like Keras, [...k, c, g, o]). */
export function forward(
  batch: number,
  groups: number,
  inputs: number,
  outputs: number,
  spatial: readonly (readonly [x: number, w: number, options?: Partial<ConvAxis>])[],
): ConvCase {
  let xStride = groups * inputs;
  let wStride = inputs * groups * outputs;
  const axes: ConvAxis[] = [];
  for (const [x, w, options] of [...spatial].reverse()) {
    const { stride = 1, dilation = 1, inputDilation = 1, low = 0 } = options ?? {};
    const high = low;
    const out = Math.floor(((x - 1) * inputDilation + 1 + low + high - ((w - 1) * dilation + 1)) / stride) + 1;
    axes.unshift({ x, w, out, stride, dilation, inputDilation, low, xStride, wStride, ...options });
    xStride *= x;
    wStride *= w;
  }
  return {
    batch,
    groups,
    inputs,
    outputs,
    axes,
    x: { batch: xStride, group: inputs, channel: 1 },
    w: { group: outputs, input: groups * outputs, output: 1 },
  };
}

/** The gradient of a forward convolution (one group) with respect to x: g slides over the window turned around. */
export function inputGradient(c: ConvCase): ConvCase {
  let stride = c.outputs;
  const outStrides = [...c.axes]
    .reverse()
    .map((a) => (stride *= a.out) / a.out)
    .reverse();
  return {
    ...c,
    inputs: c.outputs,
    outputs: c.inputs,
    axes: c.axes.map((a, i) => ({
      x: a.out,
      w: a.w,
      out: a.x,
      stride: a.inputDilation,
      dilation: a.dilation,
      inputDilation: a.stride,
      low: (a.w - 1) * a.dilation - a.low,
      xStride: outStrides[i]!,
      wStride: a.wStride,
      flip: true,
    })),
    x: { batch: stride, group: c.outputs, channel: 1 },
    w: { group: c.w.group, input: c.w.output, output: c.w.input },
  };
}

/** The gradient of a forward convolution (one group) with respect to w: g is the window, batch and channels change places. */
export function filterGradient(c: ConvCase): ConvCase {
  let stride = c.outputs;
  const outStrides = [...c.axes]
    .reverse()
    .map((a) => (stride *= a.out) / a.out)
    .reverse();
  return {
    batch: c.inputs,
    groups: 1,
    inputs: c.batch,
    outputs: c.outputs,
    axes: c.axes.map((a, i) => ({
      ...a,
      w: a.out,
      out: a.w,
      stride: a.dilation,
      dilation: a.stride,
      wStride: outStrides[i]!,
    })),
    x: { batch: c.x.channel, group: 0, channel: c.x.batch },
    w: { group: 0, input: stride, output: 1 },
  };
}

/** Many kinds of them. */
export const convolutions: [string, ConvCase][] = [
  [
    '3x3, padded',
    forward(2, 1, 8, 12, [
      [9, 3, { low: 1 }],
      [7, 3, { low: 1 }],
    ]),
  ],
  [
    '3x3, three channels in',
    forward(3, 1, 3, 16, [
      [10, 3, { low: 1 }],
      [11, 3, { low: 1 }],
    ]),
  ],
  [
    'strides, few outputs',
    forward(2, 1, 5, 3, [
      [9, 3, { stride: 2, low: 1 }],
      [8, 2, { stride: 3 }],
    ]),
  ],
  [
    'dilation',
    forward(2, 1, 4, 9, [
      [9, 3, { dilation: 2, low: 2 }],
      [8, 2, { dilation: 3 }],
    ]),
  ],
  ['stride and dilation that meet no input twice', forward(2, 1, 6, 8, [[12, 2, { stride: 2, dilation: 3, low: 1 }]])],
  [
    'a window of one element',
    forward(3, 1, 7, 10, [
      [6, 1],
      [5, 1],
    ]),
  ],
  [
    'a window of one element with strides',
    forward(3, 1, 7, 10, [
      [6, 1, { stride: 2 }],
      [5, 1, { stride: 2 }],
    ]),
  ],
  [
    'one channel in',
    forward(2, 1, 1, 8, [
      [12, 5],
      [13, 5],
    ]),
  ],
  ['one axis', forward(4, 1, 6, 20, [[30, 4, { low: 3, stride: 2 }]])],
  [
    'three axes',
    forward(2, 1, 3, 5, [
      [5, 2, { low: 1 }],
      [6, 3],
      [7, 3, { stride: 2, low: 1 }],
    ]),
  ],
  ['an output smaller than the window', forward(2, 1, 2, 5, [[3, 5, { low: 2 }]])],
  [
    'many channels',
    forward(1, 1, 300, 40, [
      [5, 3, { low: 1 }],
      [5, 3, { low: 1 }],
    ]),
  ],
];
