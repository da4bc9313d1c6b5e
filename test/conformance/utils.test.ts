import { expect, test } from 'vitest';
import * as applications from '../../src/applications/index.ts';
import { Dataset } from '../../src/data/pipeline/dataset.ts';
import * as layers from '../../src/public/layers.ts';
import * as utils from '../../src/public/utils.ts';
import { type Tensor, tensor } from '../../src/tensor/index.ts';
import { smartResize } from '../../src/utils/images/smart-resize.ts';
import { casesOf, type Stored, type Tolerance, withTensors } from './cases.ts';
import { expectNest } from './layer-run.ts';

interface Case {
  readonly id: string;
  readonly function: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly output?: Stored | Readonly<Record<string, unknown>>;
  readonly error?: unknown;
  readonly tol?: Tolerance;
}
type Values = Readonly<Record<string, any>>;

const { boundingBoxes: boxes } = utils;
/** Height and width, however Keras's function takes them. */
const sizeOf = ({ image_shape: shape, height, width }: Values) => {
  const [h, w] = shape ?? [height, width];
  return { ...(h && { height: h }), ...(w && { width: w }) };
};
const deltas = (a: Values) => ({
  anchorFormat: a.anchor_format,
  boxFormat: a.box_format,
  ...(a.variance && { variance: a.variance }),
  ...sizeOf(a),
});
const camelCase = (given: Values): Values =>
  Object.fromEntries(Object.entries(given).map(([key, x]) => [key.replace(/_(\w)/g, (_, c) => c.toUpperCase()), x]));
const inKeras = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const preprocess = (f: applications.PreprocessInput<any>, { x, data_format: dataFormat, mode }: Values): Tensor =>
  f(x, { ...(dataFormat && { dataFormat }), ...(mode && { mode }) });
const mapValues = <T>(given: Values, f: (x: any) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(given).map(([key, x]) => [key, f(x)]));
/** Of grey images Keras's cases have no axis for the channel. */
const pixelShape = (mode: string, height: number, width: number): number[] =>
  mode === 'RGB' || mode === 'RGBA' ? [height, width, mode.length] : [height, width];
/** A feature as the cases describe it: by its kind, or by its layer and that layer's config. */
const featureOf = (given: any): any =>
  typeof given === 'string'
    ? given
    : utils.FeatureSpace.feature(
        given.dtype,
        (layers as any)[given.preprocessor].fromConfig(given.preprocessor_config),
        given.output_mode,
      );
/** The functions that are here, called as Keras's cases say. */
const calls: Readonly<Record<string, (a: Values) => unknown>> = {
  'bounding_boxes.convert_format': (a) => boxes.convertFormat(a.boxes, a.source, a.target, sizeOf(a)),
  'bounding_boxes.clip_to_image_size': (a) =>
    boxes.clipToImageSize(a.bounding_boxes, { ...sizeOf(a), boundingBoxFormat: a.bounding_box_format }),
  'bounding_boxes.affine_transform': (a) =>
    boxes.affineTransform(
      a.boxes,
      a.angle,
      a.translate_x,
      a.translate_y,
      a.scale,
      a.shear_x,
      a.shear_y,
      a.height,
      a.width,
      { centerX: a.center_x, centerY: a.center_y },
    ),
  'bounding_boxes.crop': (a) => boxes.crop(a.boxes, a.top, a.left, a.height, a.width),
  'bounding_boxes.pad': (a) => boxes.pad(a.boxes, a.top, a.left),
  'bounding_boxes.compute_iou': (a) => boxes.computeIou(a.boxes1, a.boxes2, a.bounding_box_format, sizeOf(a)),
  'bounding_boxes.compute_ciou': (a) => boxes.computeCiou(a.boxes1, a.boxes2, a.bounding_box_format, sizeOf(a)),
  'bounding_boxes.encode_box_to_deltas': (a) =>
    boxes.encodeBoxToDeltas(a.anchors, a.boxes, { ...deltas(a), encodingFormat: a.encoding_format }),
  'bounding_boxes.decode_deltas_to_boxes': (a) =>
    boxes.decodeDeltasToBoxes(a.anchors, a.boxes_delta, { ...deltas(a), encodedFormat: a.encoded_format }),
  to_categorical: ({ x, ...a }) => utils.toCategorical(x, camelCase(a)),
  normalize: ({ x, ...a }) => utils.normalize(x, a),
  smart_resize: ({ x, size, ...a }) => smartResize(x, size, camelCase(a)),
  array_to_img: async ({ x, ...a }) => {
    const { mode, width, height, data } = await utils.arrayToImg(x, camelCase(a));
    return { mode, pixels: tensor(data, { shape: pixelShape(mode, height, width) }) };
  },
  img_to_array: async ({ pixels, ...a }) => {
    const [height, width, channels] = pixels.shape as [number, number, number];
    const mode = (['L', 'RGB', 'RGBA'] as const)[Math.floor(channels / 2)]!;
    return utils.imgToArray({ mode, height, width, data: await pixels.data() }, camelCase(a));
  },
  pad_sequences: ({ sequences, ...a }) => utils.padSequences(sequences, a),
  timeseries_dataset_from_array: ({ data, targets = null, ...a }) =>
    utils.timeseriesDatasetFromArray(data, targets, camelCase(a) as utils.TimeseriesDatasetOptions).toArray(),
  split_dataset: async ({ dataset, ...a }) => {
    const [left, right] = await utils.splitDataset(dataset, camelCase(a));
    return { left: await left.toArray(), right: await right.toArray() };
  },
  FeatureSpace: async (a) => {
    const rows = Dataset.fromTensorSlices(a.adapt as Readonly<Record<string, Tensor>>);
    const space = new utils.FeatureSpace({ features: mapValues(a.features, featureOf), outputMode: a.output_mode });
    await space.adapt(rows.batch(a.adapt_batch_size));
    const [table] = await rows.batch(a.call_rows).toArray();
    return space(table);
  },
  ...Object.fromEntries(
    Object.entries(applications).flatMap(([name, family]) =>
      'preprocessInput' in family
        ? [[`applications.${inKeras(name)}.preprocess_input`, (a: Values) => preprocess(family.preprocessInput, a)]]
        : [],
    ),
  ),
};
/** What the functions here do not take: nests of boxes, masks. */
const isTaken = ({ args }: Case): boolean =>
  !args.use_masking &&
  ['anchors', 'boxes1'].every((key) => args[key] === undefined || 'shape' in (args[key] as object));

const cases = casesOf<Case>('utils/utils');
/** Keras changes the dictionary that it is given, and this case holds it as it was afterwards; a negative label counts from the end there, and is refused here. */
const mistaken = ['convert_format/dictionary', 'to_categorical/negative'];
const runs = (c: Case): boolean => c.function in calls && isTaken(c) && !mistaken.includes(c.id);

test.each(cases.filter(runs).map((c) => [c.id, c] as const))('%s', async (_, c) => {
  const call = async () => calls[c.function]!(withTensors(c.args) as Values);
  if (c.error !== undefined) await expect(call).rejects.toThrow(/\n {2}Fix: /);
  else {
    const { mode, ...output } = { mode: undefined, ...c.output };
    const found = await call();
    if (mode !== undefined) expect((found as Values).mode).toBe(mode);
    expectNest(found, output, c.tol ?? [1e-5, 1e-5], c.id);
  }
});
test('what does not run is known', () => {
  const left = new Map<string, number>();
  for (const c of cases) if (!runs(c)) left.set(c.function, (left.get(c.function) ?? 0) + 1);
  const names = [...left].map(([name, count]) => `${name} ${count}`);
  console.info(`cases that cannot run: ${names.join(', ')}`);
  expect(cases.length).toBe(210);
  expect(names).toMatchInlineSnapshot(`
    [
      "to_categorical 1",
      "bounding_boxes.convert_format 1",
      "bounding_boxes.compute_iou 2",
      "bounding_boxes.decode_deltas_to_boxes 1",
    ]
  `);
});
