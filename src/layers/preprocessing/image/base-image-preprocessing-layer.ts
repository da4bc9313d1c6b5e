import type { DataFormat } from '../../../base/config.ts';
import { isFloat } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { exactMethods } from '../../../base/exact.ts';
import { type Fields, f, type Options, type Resolved } from '../../../base/field/field.ts';
import { show } from '../../../base/options.ts';
import { type Config, isOwnClass } from '../../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { isPlainObject } from '../../../base/tree.ts';
import { cast, expandDims, squeeze } from '../../../ops/index.ts';
import type { Seed, SeedGenerator } from '../../../random/index.ts';
import { asTensor, jit, type KerasTensor, type Like, type SymbolicAval, Tensor } from '../../../tensor/index.ts';
import type { CallOptions } from '../../layer/call-context.ts';
import { ensureBuilt } from '../../layer/calls.ts';
import { inner } from '../../layer/inner.ts';
import { type AnyLayer, Layer, type LayerOptions } from '../../layer/layer.ts';
import { denseBoxes } from './dense-boxes.ts';
import { type Factor, imageFields, isFactor, type Range, rangeOf } from './fields.ts';
import { type Augmented, axesOf, type BoundingBoxes, type GivenBoxes, type ImageData, isBatch } from './image-data.ts';

const ownFactor = f.nullable(
  f.custom<Factor, Factor>({
    expects: 'a number, or two of them',
    check: (v): v is Factor => isFactor(v, [-Infinity, Infinity]),
    parse: (v) => v,
  }),
);
const fields = {
  ...imageFields,
  /** Strength of the change, within `factorBounds`: a number, or the range from which it is drawn. */
  factor: ownFactor,
};
/** Options of custom image layers. */
export type ImageLayerOptions = Options<typeof fields> & LayerOptions;

/** Options of `getRandomTransformation`. */
export interface TransformationOptions {
  /** Whether to change anything. */
  readonly training?: boolean | undefined;
  /** The source of randomness; the layer's own generator by default. */
  readonly seed?: Seed;
}
/** Options of the methods that transform images and associated data. */
export interface TransformOptions {
  /** Whether to change anything. */
  readonly training?: boolean | undefined;
}
/** Images are changed by default. */
export const isTraining = (options?: { readonly training?: boolean | undefined }): boolean => options?.training ?? true;
/** Names of the associated data, in camelCase and in Python's spelling. */
const keysOf = {
  boundingBoxes: ['boundingBoxes', 'bounding_boxes'],
  segmentationMasks: ['segmentationMasks', 'segmentation_masks'],
} as const;
type Data = Readonly<Record<string, unknown>> & { readonly images: Tensor };
const areBoxes = (x: unknown): x is GivenBoxes =>
  isPlainObject(x) && x['boxes'] !== undefined && x['labels'] !== undefined;
const isGiven = (x: unknown): boolean => x !== undefined && x !== null;

/** A call returns the same kind of data that it receives: an image, a batch, or images with associated data. */
export interface BaseImagePreprocessingLayer<
  // biome-ignore lint/correctness/noUnusedVariables: the class has the same parameters
  S extends Fields = typeof fields,
  // biome-ignore lint/correctness/noUnusedVariables: the class has the same parameters
  T = any,
> {
  (images: KerasTensor, options?: CallOptions): KerasTensor;
  (images: Like, options?: CallOptions): Tensor;
  <D extends ImageData>(data: D, options?: CallOptions): Augmented<D>;
}
/**
 * Base of layers over images: extend it, and write what is drawn (`getRandomTransformation`) and what it does
 * to a batch of images, labels, boxes and masks (`transformImages` …). Called on one image `[height, width, channels]`, a batch
 * `[n, height, width, channels]`, or an object with `images` and what belongs to them (`labels`, `boundingBoxes`,
 * `segmentationMasks`), it draws once and transforms all of it alike. As in Keras, it changes images unless `training` is false.
 *
 * `T` is the type of what is drawn.
 * @example
 * class Fade extends keras.layers.BaseImagePreprocessingLayer {
 *   getRandomTransformation(data, { training = true, seed } = {}) {
 *     return training ? keras.random.uniform([], { seed: seed ?? 1 }) : null;
 *   }
 *   transformImages(images, share, { training = true } = {}) {
 *     return training ? images.mul(share) : images;
 *   }
 * }
 * new Fade()(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 */
export abstract class BaseImagePreprocessingLayer<S extends Fields = typeof fields, T = any> extends Layer<
  S,
  [data: Tensor | ImageData, options?: CallOptions],
  any
> {
  static override readonly className: string = 'BaseImagePreprocessingLayer';
  static override readonly fields: Fields = fields;
  /** In Keras, `training` is true unless given. */
  static override get impliedTraining(): boolean {
    return true;
  }
  /** The bounds of `factor`. */
  static readonly factorBounds: Range = [-1, 1];
  /** Whether pixels move, so that boxes and masks have to follow. */
  static readonly movesPixels: boolean = true;
  /** The axis of the channels: `channels_last` or `channels_first`. */
  declare readonly dataFormat: DataFormat;
  /** The format of boxes that are given and returned. */
  declare readonly boundingBoxFormat: Resolved<typeof imageFields>['boundingBoxFormat'];

  constructor(options: Options<S> & LayerOptions = {} as Options<S> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { fields: own, factorBounds } = this.constructor as typeof BaseImagePreprocessingLayer;
    if (own['factor'] !== ownFactor) return;
    const factor = (this[inner].options as Resolved<typeof fields>).factor ?? 0;
    if (!isFactor(factor, factorBounds))
      fail(
        this,
        `option "factor" must be a number, or two of them, in the range [${factorBounds.join(', ')}], got ${show(factor)}`,
        'give a factor within the range',
      );
    this[inner].options = { ...this[inner].options, factor: rangeOf(factor, factorBounds) };
  }
  /** The axis of the images' height, counted from the end. */
  get heightAxis(): number {
    return axesOf(this.dataFormat).height;
  }
  /** The axis of a batch's width, counted from the end. */
  get widthAxis(): number {
    return axesOf(this.dataFormat).width;
  }
  /** The axis of a batch's channels, counted from the end. */
  get channelAxis(): number {
    return axesOf(this.dataFormat).channels;
  }

  /** What is drawn once for the images and their associated data; null for nothing. */
  getRandomTransformation(_data: Tensor | ImageData, _options?: TransformationOptions): T | null {
    return null;
  }
  /** A batch of images, transformed as drawn. */
  transformImages(images: Tensor, transformation: T | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    return isTraining(options) ? this.resample(x, transformation, this.#interpolation) : x;
  }
  /** The labels of a batch of images. */
  transformLabels(labels: Tensor, _transformation: T | null, _options?: TransformOptions): Tensor {
    return labels;
  }
  /** The boxes of a batch of images, in `boundingBoxFormat`. */
  transformBoundingBoxes(boxes: BoundingBoxes, _transformation: T | null, _options?: TransformOptions): BoundingBoxes {
    if ((this.constructor as typeof BaseImagePreprocessingLayer).movesPixels)
      fail(
        this,
        'it cannot move bounding boxes',
        'leave them out, or write transformBoundingBoxes(boxes, transformation)',
      );
    return boxes;
  }
  /** The masks of a batch of images: they move with the images, and their values are not interpolated. */
  transformSegmentationMasks(masks: Tensor, transformation: T | null, options?: TransformOptions): Tensor {
    const { movesPixels } = this.constructor as typeof BaseImagePreprocessingLayer;
    if (!isTraining(options) || !movesPixels) return masks;
    if (this.resample === BaseImagePreprocessingLayer.prototype.resample)
      fail(
        this,
        'it cannot move segmentation masks',
        'leave them out, or write transformSegmentationMasks(masks, transformation)',
      );
    return this.resample(masks, transformation, 'nearest');
  }
  /** Images or masks with moved pixels; values between pixels are interpolated. */
  protected resample(_images: Tensor, _transformation: T | null, _interpolation: string): Tensor {
    return fail(this, 'it does not say what becomes of images', 'write transformImages(images, transformation)');
  }
  get #interpolation(): string {
    return (this[inner].options as { interpolation?: string }).interpolation ?? 'bilinear';
  }

  /** One image `[height, width, channels]`, changed. */
  transformSingleImage(image: Tensor, transformation: T | null, options?: TransformOptions): Tensor {
    return squeeze(this.transformImages(expandDims(image, 0), transformation, options), { axis: 0 });
  }
  /** The label of one image. */
  transformSingleLabel(label: Tensor, transformation: T | null, options?: TransformOptions): Tensor {
    return squeeze(this.transformLabels(expandDims(label, 0), transformation, options), { axis: 0 });
  }
  /** The boxes of one image. */
  transformSingleBoundingBox(
    boxes: BoundingBoxes,
    transformation: T | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    const many = { ...boxes, boxes: expandDims(boxes.boxes, 0), labels: expandDims(boxes.labels, 0) };
    const moved = this.transformBoundingBoxes(many, transformation, options);
    return { ...moved, boxes: squeeze(moved.boxes, { axis: 0 }), labels: squeeze(moved.labels, { axis: 0 }) };
  }
  /** The mask of a single image. */
  transformSingleSegmentationMask(mask: Tensor, transformation: T | null, options?: TransformOptions): Tensor {
    return squeeze(this.transformSegmentationMasks(expandDims(mask, 0), transformation, options), { axis: 0 });
  }

  call(data: Tensor | ImageData, { training = true }: CallOptions = {}): any {
    if (data instanceof Tensor || !isPlainObject(data))
      return this.#run({ images: this.#read(data as Tensor) }, training)['images'];
    const given = data as ImageData & Readonly<Record<string, unknown>>;
    if (given.images === undefined || given.images === null)
      fail(this, `it was called on an object without images, of ${Object.keys(data).join(', ')}`, 'give { images, … }');
    const { images, labels } = given;
    const read: Record<string, unknown> = { images: this.#read(images) };
    if (isGiven(labels)) read['labels'] = this.#read(labels as Like);
    for (const key of keysOf.boundingBoxes) if (isGiven(given[key])) read[key] = this.#boxes(given[key]);
    for (const key of keysOf.segmentationMasks) if (isGiven(given[key])) read[key] = this.#read(given[key] as Like);
    return { ...given, ...this.#run(read as Data, training) };
  }
  /** Calls of the library's own layers are compiled to one program. User classes may inspect values. */
  readonly #compiled = jit((data: Data, training: boolean) => this.#all(data, training), { name: this.className });
  #run(data: Data, training: boolean): Record<string, unknown> {
    return isOwnClass(this.constructor) ? this.#compiled(data, training) : this.#all(data, training);
  }
  /** Images with their associated data. */
  #all(data: Data, training: boolean): Record<string, unknown> {
    const isMany = isBatch(this, data.images);
    const t = this.getRandomTransformation(Object.keys(data).length > 1 ? data : data.images, { training });
    const options = { training };
    const found: Record<string, unknown> = {};
    const change = (key: string, whole: (x: any) => unknown, single: (x: any) => unknown): void => {
      if (data[key]) found[key] = isMany ? whole(data[key]) : single(data[key]);
    };
    change(
      'images',
      (x) => this.transformImages(x, t, options),
      (x) => this.transformSingleImage(x, t, options),
    );
    for (const key of keysOf.boundingBoxes)
      change(
        key,
        (x) => this.transformBoundingBoxes(x, t, options),
        (x) => this.transformSingleBoundingBox(x, t, options),
      );
    change(
      'labels',
      (x) => this.transformLabels(x, t, options),
      (x) => this.transformSingleLabel(x, t, options),
    );
    for (const key of keysOf.segmentationMasks)
      change(
        key,
        (x) => this.transformSegmentationMasks(x, t, options),
        (x) => this.transformSingleSegmentationMask(x, t, options),
      );
    return found;
  }
  #boxes(given: unknown): BoundingBoxes {
    if (!areBoxes(given)) fail(this, `boundingBoxes (bounding_boxes) are ${show(given)}`, 'give { boxes, labels }');
    if (this.boundingBoxFormat === null)
      fail(
        this,
        'bounding boxes came, but no boundingBoxFormat (bounding_box_format) says how four numbers stand for a box',
        "make the layer with boundingBoxFormat: 'xyxy', or another format",
      );
    const { boxes, labels } = denseBoxes(this, given);
    const [rank, labelRank] = [boxes.shape.length, labels.shape.length];
    if ((rank !== 2 && rank !== 3) || (labelRank !== rank - 1 && labelRank !== rank))
      fail(
        this,
        `boxes have shape [${boxes.shape.join(', ')}], their labels [${labels.shape.join(', ')}]`,
        'give boxes [n, boxes, 4] with labels [n, boxes], or [boxes, 4] with labels [boxes] for one image',
      );
    return { ...given, boxes, labels };
  }
  /** The given data as a tensor; floats in the compute dtype. */
  #read(given: Like): Tensor {
    const x = asTensor(given);
    return this.autocast && isFloat(x.dtype) ? cast(x, this.computeDtype) : x;
  }
  /** The source of randomness. */
  protected seedFor(options?: TransformationOptions): Seed {
    return options?.seed ?? (this as { generator?: SeedGenerator }).generator;
  }

  /** As in Keras, the declared dtype of images is the compute dtype. */
  override computeOutputSpec(...args: unknown[]): { form: any; avals: SymbolicAval[] } {
    const isOverridden = this.computeOutputShape !== Layer.prototype.computeOutputShape;
    if (isPlainObject(args[0]) || !isOverridden) return super.computeOutputSpec(...args);
    ensureBuilt(this as AnyLayer, args);
    const { symbolicShape } = args[0] as KerasTensor;
    const dtype = this.computeDtype;
    return {
      form: new Tensor({ shape: [], dtype }),
      avals: [{ shape: this.computeOutputShape(symbolicShape), dtype }],
    };
  }
  override getConfig(): Config {
    const { bounding_box_format: format, ...config } = super.getConfig();
    const unsaid =
      (this.constructor as typeof Layer).fields['factor'] === ownFactor &&
      (config['factor'] as Range).every((x) => x === 0);
    if (unsaid) delete config['factor'];
    return format === null ? config : { ...config, bounding_box_format: format };
  }

  static {
    exactMethods<BaseImagePreprocessingLayer>(this);
  }
}
/** The shape with other sizes for height and width. */
export function resizedShape(
  shape: SymbolicShape,
  layer: { height: number; width: number; dataFormat: DataFormat },
): SymbolicShape {
  const [heightAt, widthAt] = [axesOf(layer.dataFormat).height, axesOf(layer.dataFormat).width].map(
    (d) => d + shape.length,
  );
  return shape.map((n, d) => (d === heightAt ? layer.height : d === widthAt ? layer.width : n));
}
