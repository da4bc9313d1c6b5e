import type { ContractionStep } from '../src/compiler/plan.ts';
import { axis, indexOf, plus, readLocal, times } from '../src/ir/expr.ts';
import type { Tensor } from '../src/ir/tensor.ts';
import { conv } from '../src/primitives/conv.ts';

// Convolutions as devices are given them, and their gradients, which are convolutions too.

/** A spatial axis: out position q sees x at q * stride + k * dilation - low, with x's elements `inputDilation` apart. */
export interface ConvAxis {
  /** Sizes of x, of the window and of the output. */
  readonly x: number;
  readonly w: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
  readonly inputDilation: number;
  /** Zeros in front of x (negative: elements left out). */
  readonly low: number;
  /** Distances in elements between neighbours in x and in w. */
  readonly xStride: number;
  readonly wStride: number;
  /** The window is taken backwards. */
  readonly flip?: boolean;
}

/** out[n, q, g, o] = sum over k, c of x[n, q * stride + k * dilation - low, g, c] * w[g, k, c, o], distances in elements. */
export interface ConvCase {
  readonly batch: number;
  readonly groups: number;
  /** Input and output channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly ConvAxis[];
  readonly x: { readonly batch: number; readonly group: number; readonly channel: number };
  readonly w: { readonly group: number; readonly input: number; readonly output: number };
}

/** The step of a plan that stores the convolution's outputs in order. */
export function stepOf({ batch, groups, inputs, outputs, axes: along, x, w }: ConvCase): ContractionStep {
  const shapes = [
    [batch, ...along.map((a) => a.x), groups, inputs],
    [groups, ...along.map((a) => a.w), inputs, outputs],
    [batch, ...along.map((a) => a.out), groups, outputs],
  ] as const;
  const tensors = shapes.map((shape) => ({ shape, dtype: 'float32' }) as unknown as Tensor);
  const regions = ['x', 'w', 'y'].map((name, k) => ({ name, shape: shapes[k]!, dtype: 'float32' }) as const);
  const [from, window, to] = regions as [(typeof regions)[0], (typeof regions)[0], (typeof regions)[0]];
  const axes = shapes[2].map((n, d) => axis(n, `y${d}`));
  const sum = { name: 'sum', type: 'f32' } as const;
  const position = axes.reduce((at, a) => plus(times(at, a.size), indexOf(a)), times(indexOf(axes[0]!), 0));
  const strides = shapes[2].map((_, d) => shapes[2].slice(d + 1).reduce((a, b) => a * b, 1));
  return {
    kind: 'contraction',
    info: { name: 'conv', fused: ['conv'], bytes: 0, flops: 0, scopes: [] },
    equation: {
      rule: conv.rule,
      inputs: tensors.slice(0, 2),
      attrs: {
        strides: along.map((a) => a.stride),
        dilation: along.map((a) => a.dilation),
        inputDilation: along.map((a) => a.inputDilation),
        padding: along.map((a) => [a.low, 0]),
      },
      outputs: tensors.slice(2),
      scope: undefined,
    },
    operands: [from, window],
    views: [
      { offset: 0, strides: [x.batch, ...along.map((a) => a.xStride), x.group, x.channel] },
      {
        offset: along.reduce((n, a) => n + (a.flip ? (a.w - 1) * a.wStride : 0), 0),
        strides: [w.group, ...along.map((a) => (a.flip ? -a.wStride : a.wStride)), w.input, w.output],
      },
    ],
    axes,
    sum,
    stores: [{ to, index: [position], value: readLocal(sum), view: { offset: 0, strides } }],
    reads: [from, window],
    writes: [to],
    barrier: false,
    serial: false,
  };
}

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
