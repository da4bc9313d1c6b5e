import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import {
  Activation,
  Add,
  AveragePooling2D,
  BatchNormalization,
  Concatenate,
  Conv2D,
  Cropping2D,
  Dense,
  GlobalAveragePooling2D,
  MaxPooling2D,
  SeparableConv2D,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, type ApplicationOptions, application, through } from './application.ts';
import { channelsOf, paddingBeforeStride } from './image-axes.ts';
import { resolveInputShape } from './input-shape.ts';
import { folder, type Hashes, hashOf } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

const relu = (name?: string) => new Activation({ activation: 'relu', ...(name && { name }) });
const normalize = (name: string) => new BatchNormalization({ axis: -1, momentum: 0.9997, epsilon: 1e-3, name });
const pointwise = (filters: number, name: string) =>
  new Conv2D({
    filters,
    kernelSize: 1,
    strides: 1,
    padding: 'same',
    name,
    useBias: false,
    kernelInitializer: 'he_normal',
  });
const average = (poolSize: number, strides: number, padding: 'same' | 'valid', name: string) =>
  new AveragePooling2D({ poolSize, strides, padding, name });
const sum = (x: Tensor, y: Tensor, name?: string): Tensor => new Add(name ? { name } : {})([x, y]);
const join = (branches: readonly Tensor[], name?: string): Tensor =>
  new Concatenate({ axis: -1, ...(name && { name }) })(branches);

/** ReLU, separable convolution and normalisation, twice. */
function separable(x: Tensor, filters: number, kernelSize: number, strides: number, id: string): Tensor {
  let y = relu()(x);
  if (strides === 2)
    y = new ZeroPadding2D({ padding: paddingBeforeStride(y, kernelSize), name: `separable_conv_1_pad_${id}` })(y);
  return through(
    y,
    new SeparableConv2D({
      filters,
      kernelSize,
      strides,
      name: `separable_conv_1_${id}`,
      padding: strides === 2 ? 'valid' : 'same',
      useBias: false,
    }),
    normalize(`separable_conv_1_bn_${id}`),
    relu(),
    new SeparableConv2D({
      filters,
      kernelSize,
      name: `separable_conv_2_${id}`,
      padding: 'same',
      useBias: false,
    }),
    normalize(`separable_conv_2_bn_${id}`),
  );
}

/** The output of the cell before the last, in the shape of the last output. */
function adjust(previous: Tensor | null, x: Tensor, filters: number, id: string): Tensor {
  if (previous === null) return x;
  if (previous.shape[2] !== x.shape[2]) {
    const active = relu(`adjust_relu_1_${id}`)(previous);
    const half = (y: Tensor, path: number): Tensor =>
      through(
        y,
        average(1, 2, 'valid', `adjust_avg_pool_${path}_${id}`),
        new Conv2D({
          filters: Math.floor(filters / 2),
          kernelSize: 1,
          padding: 'same',
          useBias: false,
          name: `adjust_conv_${path}_${id}`,
          kernelInitializer: 'he_normal',
        }),
      );
    const first = half(active, 1);
    // The pixels that the first path skips.
    const before = [
      [0, 1],
      [0, 1],
    ] as const;
    const after = [
      [1, 0],
      [1, 0],
    ] as const;
    const shifted = new Cropping2D({ cropping: after })(new ZeroPadding2D({ padding: before })(active));
    return normalize(`adjust_bn_${id}`)(join([first, half(shifted, 2)]));
  }
  if (channelsOf(previous) === filters) return previous;
  return through(previous, relu(), pointwise(filters, `adjust_conv_projection_${id}`), normalize(`adjust_bn_${id}`));
}

/** A cell takes the outputs of the last two cells. */
type Cell = (x: Tensor, previous: Tensor | null, filters: number, id: string) => Tensor;

const normalCell: Cell = (x, previous, filters, id) => {
  const p = adjust(previous, x, filters, id);
  const h = through(x, relu(), pointwise(filters, `normal_conv_1_${id}`), normalize(`normal_bn_1_${id}`));
  const branch = (y: Tensor, window: number, side: string) => separable(y, filters, window, 1, `normal_${side}_${id}`);
  const add = (y: Tensor, z: Tensor, number: number) => sum(y, z, `normal_add_${number}_${id}`);
  const mean = (y: Tensor, side: string) => average(3, 1, 'same', `normal_${side}_${id}`)(y);
  const x1 = add(branch(h, 5, 'left1'), branch(p, 3, 'right1'), 1);
  const x2 = add(branch(p, 5, 'left2'), branch(p, 3, 'right2'), 2);
  const x3 = add(mean(h, 'left3'), p, 3);
  const x4 = add(mean(p, 'left4'), mean(p, 'right4'), 4);
  const x5 = add(branch(h, 3, 'left5'), h, 5);
  return join([p, x1, x2, x3, x4, x5], `normal_concat_${id}`);
};

const reductionCell: Cell = (x, previous, filters, id) => {
  const p = adjust(previous, x, filters, id);
  const h = through(x, relu(), pointwise(filters, `reduction_conv_1_${id}`), normalize(`reduction_bn_1_${id}`));
  const padded = new ZeroPadding2D({ padding: paddingBeforeStride(h, 3), name: `reduction_pad_1_${id}` })(h);
  const branch = (y: Tensor, window: number, side: string) =>
    separable(y, filters, window, 2, `reduction_${side}_${id}`);
  const maximum = (side: string) =>
    new MaxPooling2D({ poolSize: 3, strides: 2, padding: 'valid', name: `reduction_${side}_${id}` })(padded);
  const x1 = sum(branch(h, 5, 'left1'), branch(p, 7, 'right1'), `reduction_add_1_${id}`);
  const x2 = sum(maximum('left2'), branch(p, 7, 'right2'), `reduction_add_2_${id}`);
  const mean = average(3, 2, 'valid', `reduction_left3_${id}`)(padded);
  const x3 = sum(mean, branch(p, 5, 'right3'), `reduction_add3_${id}`);
  const x4 = sum(x2, average(3, 1, 'same', `reduction_left4_${id}`)(x1));
  const x5 = sum(separable(x1, filters, 3, 1, `reduction_left4_${id}`), maximum('right5'), `reduction_add4_${id}`);
  return join([x2, x3, x4, x5], `reduction_concat_${id}`);
};

interface Size {
  readonly size: number;
  /** Channels of the last map. */
  readonly channels: number;
  /** Normal cells between two reductions. */
  readonly cells: number;
  readonly stem: number;
  /** Whether the cell after a reduction takes an input from before it. */
  readonly skipsReduction: boolean;
}
const nasnet = (kind: 'Mobile' | 'Large', size: Size, hashes: Hashes): Application => {
  const who = `NASNet${kind}`;
  const filters = size.channels / 24;
  const shapeOf = (options: Required<ApplicationOptions>) => {
    const { inputShape, includeTop, weights } = options;
    if (weights === 'imagenet' && inputShape?.includes(null))
      fail(
        who,
        `inputShape ${showShape(inputShape)} leaves a size open`,
        'with the weights of ImageNet give all sizes',
      );
    const side = size.size;
    const wanted = kind === 'Mobile' && !includeTop && inputShape === null ? [side, side, 3] : inputShape;
    return resolveInputShape(who, { includeTop, weights, inputShape: wanted }, side, 32);
  };
  return application(who, {
    name: `nasnet_${kind.toLowerCase()}`,
    size: size.size,
    least: 32,
    defaults: {},
    channelsLast: true,
    inputShape: shapeOf,
    features(images) {
      let x = through(
        images,
        new Conv2D({
          filters: size.stem,
          kernelSize: 3,
          strides: 2,
          useBias: false,
          name: 'stem_conv1',
          kernelInitializer: 'he_normal',
        }),
        normalize('stem_bn1'),
      );
      let previous: Tensor | null = null;
      const next = (cell: Cell, width: number, id: string): void => {
        [x, previous] = [cell(x, previous, width, id), x];
      };
      next(reductionCell, filters / 4, 'stem_1');
      next(reductionCell, filters / 2, 'stem_2');
      for (let stage = 0; stage < 3; stage++) {
        const width = filters * 2 ** stage;
        if (stage > 0) {
          const before: Tensor | null = previous;
          next(reductionCell, width, `reduce_${stage * size.cells}`);
          if (size.skipsReduction) previous = before;
        }
        for (let k = 0; k < size.cells; k++)
          next(normalCell, width, String(stage * size.cells + k + (stage > 0 ? 1 : 0)));
      }
      return relu()(x);
    },
    classify: (features, { classes, classifierActivation }) =>
      through(
        features,
        new GlobalAveragePooling2D(),
        new Dense({ units: classes, activation: classifierActivation, name: 'predictions' }),
      ),
    pretrained({ includeTop }) {
      const end = `${kind.toLowerCase()}${includeTop ? '' : '_no_top'}.h5`;
      const url = `${folder}nasnet/NASNet-${kind.toLowerCase()}${includeTop ? '' : '-no-top'}.h5`;
      return { file: `nasnet_${end}`, url, hash: hashOf(hashes, includeTop) };
    },
  });
};

/** NASNet-A for mobile devices (https://arxiv.org/abs/1707.07012). Its images go through `applications.nasnet.preprocessInput`. */
export const NASNetMobile = nasnet('Mobile', { size: 224, channels: 1056, cells: 4, stem: 32, skipsReduction: false }, [
  '020fb642bf7360b370c678b08e0adf61',
  '1ed92395b5b598bdda52abe5c0dbfd63',
]);
/** The large one, for images of 331x331. */
export const NASNetLarge = nasnet('Large', { size: 331, channels: 4032, cells: 6, stem: 96, skipsReduction: true }, [
  '11577c9a518f0070763c2b964a382f17',
  'd81d89dc07e6e56530c4e77faddd61b5',
]);
