import type { Protobuf } from '../protobuf.ts';
import { dtypes, HParams, type TensorMessage, type ValueMessage } from './schema.ts';

/** A range of values and how many lie in it. */
export interface Bucket {
  /** Lower end of the range. */
  readonly left: number;
  /** Upper end of the range. */
  readonly right: number;
  /** How many values lie in the range. */
  readonly count: number;
}
/** Hyperparameters by name. */
export type HParamValues = Readonly<Record<string, number | string | boolean>>;
/** A logged value, by kind. */
export type Logged =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'histogram'; readonly buckets: readonly Bucket[] }
  /** Images as files (PNG, mostly), each `width` times `height` pixels. */
  | { readonly kind: 'image'; readonly width: number; readonly height: number; readonly images: readonly Uint8Array[] }
  | { readonly kind: 'text'; readonly text: readonly string[] }
  | { readonly kind: 'hparams'; readonly hparams: HParamValues }
  /** The config of a model as JSON, or a graph of TensorFlow as a `GraphDef` in protobuf. */
  | { readonly kind: 'graph'; readonly model?: string; readonly graph?: Uint8Array }
  /** A value of another plugin. */
  | {
      readonly kind: 'tensor';
      readonly plugin: string;
      readonly shape: readonly number[];
      readonly values: readonly number[];
    };

const utf8 = new TextDecoder();

/** The content of a summary value, in TensorBoard's first or second format. */
export function loggedOf(
  who: string,
  { decode }: Protobuf,
  value: ValueMessage,
  metadata: ValueMessage['metadata'],
): Logged | undefined {
  const { simpleValue, image, histogram, tensor } = value;
  const plugin = metadata?.plugin?.name ?? '';
  if (simpleValue !== undefined) return { kind: 'scalar', value: simpleValue };
  if (image) {
    const { width = 0, height = 0, encoded } = image;
    return { kind: 'image', width, height, images: encoded ? [encoded] : [] };
  }
  if (histogram) return { kind: 'histogram', buckets: bucketsOf(histogram) };
  if (!tensor) return undefined;
  const shape = (tensor.shape?.dims ?? []).map(({ size = 0 }) => size);
  const strings = tensor.strings ?? [];
  if (plugin === 'hparams') {
    const { start } = decode(who, HParams, metadata?.plugin?.content ?? new Uint8Array());
    const entries = (start?.hparams ?? []).map(({ key = '', value }) => [
      key,
      value?.number ?? value?.text ?? value?.truth ?? 0,
    ]);
    return start && { kind: 'hparams', hparams: Object.fromEntries(entries) as HParamValues };
  }
  if (plugin === 'graph_keras_model') return { kind: 'graph', model: utf8.decode(strings[0]) };
  if (plugin === 'images' && strings.length >= 2) {
    const [width, height] = strings.slice(0, 2).map((text) => Number(utf8.decode(text)));
    return { kind: 'image', width, height, images: strings.slice(2) };
  }
  if (plugin === 'text' || tensor.dtype === dtypes.string)
    return { kind: 'text', text: strings.map((text) => utf8.decode(text)) };
  const values = numbersOf(tensor);
  if (plugin === 'scalars') return { kind: 'scalar', value: values[0] ?? 0 };
  if (plugin === 'histograms')
    return {
      kind: 'histogram',
      buckets: Array.from({ length: Math.floor(values.length / 3) }, (_, k) => ({
        left: values[3 * k],
        right: values[3 * k + 1],
        count: values[3 * k + 2],
      })),
    };
  return { kind: 'tensor', plugin, shape, values };
}

/** Buckets of a histogram in the old format, in which each ends where the next begins. */
function bucketsOf({ low = 0, high = 0, limits = [], counts = [] }: NonNullable<ValueMessage['histogram']>): Bucket[] {
  const inside = (x: number): number => Math.min(Math.max(x, low), high);
  return counts
    .map((count, k) => ({ left: inside(limits[k - 1] ?? low), right: inside(limits[k] ?? high), count }))
    .filter(({ count }) => count > 0);
}

function numbersOf({ dtype, content, floats, doubles, ints, longs, bools }: TensorMessage): number[] {
  if (!content || content.length === 0) return [...(floats ?? doubles ?? ints ?? longs ?? bools?.map(Number) ?? [])];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const all = (size: number, read: (at: number) => number): number[] =>
    Array.from({ length: Math.floor(content.length / size) }, (_, k) => read(k * size));
  switch (dtype) {
    case dtypes.float:
      return all(4, (at) => view.getFloat32(at, true));
    case dtypes.double:
      return all(8, (at) => view.getFloat64(at, true));
    case dtypes.int32:
      return all(4, (at) => view.getInt32(at, true));
    case dtypes.int64:
      return all(8, (at) => Number(view.getBigInt64(at, true)));
    case dtypes.uint8:
    case dtypes.bool:
      return all(1, (at) => view.getUint8(at));
    default:
      return [];
  }
}
