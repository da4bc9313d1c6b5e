import * as ops from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { Dense } from '../core/dense.ts';
import { EinsumDense } from '../core/einsum-dense.ts';
import { inner } from '../layer/inner.ts';
import { axesOfEinsum, type FactorAxes } from './einsum-axes.ts';

type Held = Tensor | Variable;
/** The product of inputs with a kernel, whichever layer makes it. */
export interface Product {
  readonly layer: Dense | EinsumDense;
  /** Shape of the kernel. */
  readonly shape: readonly number[];
  /** Axes of the kernel over which products are summed. */
  readonly kernelAxes: readonly number[];
  /** Axes of the inputs over which products are summed. */
  readonly inputAxes: readonly number[];
  /** The kernel as a matrix, as weights of 4 bits are kept. */
  readonly matrix: readonly [rows: number, columns: number];
  /** The kernel as a matrix, as what is calibrated with data has it. */
  readonly calibrated: readonly [rows: number, columns: number];
  /** Name of the variable of zeros, where data calibrated them. */
  readonly zeroName: string;
  multiply(x: Held, kernel: Held): Tensor;
  /** The gradient of the inputs. */
  backward(upstream: Tensor, kernel: Tensor): Tensor;
  /** A scale of the kernel, of size 1 along `kernelAxes`, in a shape that meets outputs. */
  kernelScale(scale: Tensor): Tensor;
  /** The same of the inputs. */
  inputScale(scale: Tensor): Tensor;
  /** The scale of the kernel along the outputs, in a shape that broadcasts with the kernel. */
  backToKernel(scale: Held): Held;
}

function denseProduct(layer: Dense, [inputs, units]: readonly number[]): Product {
  return {
    layer,
    shape: [inputs, units],
    kernelAxes: [0],
    inputAxes: [-1],
    matrix: [inputs, units],
    calibrated: [inputs, units],
    zeroName: 'kernel_zero',
    multiply: (x, kernel) => ops.matmul(x, kernel),
    backward: (upstream, kernel) => ops.matmul(upstream, ops.transpose(kernel)),
    kernelScale: (scale) => ops.reshape(scale, [units]),
    inputScale: (scale) => scale,
    backToKernel: (scale) => scale,
  };
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
/** Rows and columns of a kernel as GPTQ and AWQ see it: of three axes, the longest is on one side, two on the other. */
function calibratedMatrix(shape: readonly number[]): readonly [rows: number, columns: number] {
  const [first, ...rest] = shape;
  if (shape.length === 2 || shape.indexOf(Math.max(...shape)) === 0) return [first, product(rest)];
  return [product(shape.slice(0, -1)), shape[shape.length - 1]];
}
/** Puts a scale with size 1 along summed axes where outputs have its other axes. */
function placed(scale: Tensor, { inOutput, summed }: FactorAxes): Tensor {
  const turned = ops.transpose(scale, { axes: [...inOutput.filter((d) => d >= 0), ...summed] });
  return ops.reshape(
    turned,
    inOutput.map((d) => (d < 0 ? 1 : scale.shape[d])),
  );
}
/** The other way about, for a factor of a shape. */
function takenBack(scale: Held, shape: readonly number[], { inOutput, summed }: FactorAxes): Tensor {
  const kept = inOutput.filter((d) => d >= 0);
  const bare = ops.reshape(
    scale,
    kept.map((d) => shape[d]),
  );
  const axes = [...kept].sort((a, b) => a - b).map((d) => kept.indexOf(d));
  return ops.reshape(
    ops.transpose(bare, { axes }),
    shape.map((n, d) => (summed.includes(d) ? 1 : n)),
  );
}

function einsumProduct(layer: EinsumDense, shape: readonly number[]): Product {
  const [inputShape] = layer[inner].shapes ?? [];
  const { input, kernel, reverse } = axesOfEinsum(layer.equation, (inputShape as readonly unknown[]).length);
  const isSummed = (_: number, d: number): boolean => kernel.summed.includes(d);
  return {
    layer,
    shape,
    kernelAxes: kernel.summed,
    inputAxes: input.summed,
    matrix: [product(shape.filter(isSummed)), product(shape.filter((n, d) => !isSummed(n, d)))],
    calibrated: calibratedMatrix(shape),
    zeroName: 'zero_point',
    multiply: (x, weights) => ops.einsum(layer.equation, x, weights),
    backward: (upstream, weights) => ops.einsum(reverse, upstream, weights),
    kernelScale: (scale) => placed(scale, kernel),
    inputScale: (scale) => placed(scale, input),
    backToKernel: (scale) => takenBack(scale, shape, kernel),
  };
}

/** The product that a layer makes with a kernel of a given shape. */
export const productOf = (layer: Dense | EinsumDense, shape: readonly number[]): Product =>
  layer instanceof Dense ? denseProduct(layer, shape) : einsumProduct(layer, shape);
export const isProductLayer = (layer: object): layer is Dense | EinsumDense =>
  layer instanceof Dense || layer instanceof EinsumDense;
