import { fail } from '../../base/errors.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { sizeOf } from '../../base/shape.ts';

/** An array as a weights manifest lists it, decoded. */
export interface TfjsWeight {
  readonly shape: readonly number[];
  /** Dtype by its name here; float16 as its bits. */
  readonly dtype: string;
  readonly data: ArrayLike<number> & ArrayBufferView;
  /** Whether it is state of the optimizer. */
  readonly isOptimizers: boolean;
}

interface Kind {
  readonly bytes: number;
  make(buffer: ArrayBuffer): TfjsWeight['data'];
}
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['float32', { bytes: 4, make: (b) => new Float32Array(b) }],
  ['int32', { bytes: 4, make: (b) => new Int32Array(b) }],
  ['bool', { bytes: 1, make: (b) => new Uint8Array(b) }],
  ['uint8', { bytes: 1, make: (b) => new Uint8Array(b) }],
  ['uint16', { bytes: 2, make: (b) => new Uint16Array(b) }],
  ['float16', { bytes: 2, make: (b) => new Uint16Array(b) }],
]);
const complete = 'give the model.json and all files beside it as they were written';

/** What a manifest says about one array. */
interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  /** How it is stored. */
  readonly stored: Kind;
  readonly bytes: number;
  /** Converts stored elements to the array's dtype. */
  decode(data: TfjsWeight['data']): Pick<TfjsWeight, 'dtype' | 'data'>;
  readonly isOptimizers: boolean;
}

/**
 * The arrays of a weights manifest, by name: groups of arrays, stored consecutively in the files of the group. The
 * whole manifest is checked before any file is read, and no more is read than it names.
 * @see https://www.tensorflow.org/js/guide/save_load
 */
export async function readWeightsManifest(
  manifest: JsonPlace,
  open: (path: string) => Promise<Uint8Array>,
): Promise<Map<string, TfjsWeight>> {
  const groups = manifest.list(complete);
  const checked: { readonly paths: readonly string[]; readonly specs: readonly Spec[] }[] = [];
  const [names, files] = [new Set<string>(), new Set<string>()];
  for (let g = 0; g < groups.length; g++) {
    const group = groups.at(g);
    const paths = listOf(group.member('paths')).map((path) => {
      const text = path.text(complete);
      if (files.has(text)) path.refuse(`the file "${text}" is listed twice`, complete);
      files.add(text);
      return text;
    });
    const specs = listOf(group.member('weights')).map((place) => {
      const spec = specOf(place);
      if (names.has(spec.name)) place.refuse(`the weight "${spec.name}" is listed twice`, complete);
      names.add(spec.name);
      return spec;
    });
    checked.push({ paths, specs });
  }
  const found = new Map<string, TfjsWeight>();
  for (const { paths, specs } of checked) {
    const needed = specs.reduce((sum, { bytes }) => sum + bytes, 0);
    const run = await ByteRun.read(paths, needed, open);
    for (const { name, shape, isOptimizers, stored, bytes, decode } of specs)
      found.set(name, { shape, isOptimizers, ...decode(stored.make(run.take(bytes))) });
  }
  return found;
}
const listOf = (place: JsonPlace): JsonPlace[] => {
  const list = place.list(complete);
  return Array.from({ length: list.length }, (_, i) => list.at(i));
};

function specOf(place: JsonPlace): Spec {
  const name = place.member('name').text(complete);
  const dtype = place.member('dtype').text(complete);
  const shape = listOf(place.member('shape')).map((size) => {
    const n = size.integer(complete);
    return n >= 0 ? n : size.refuse(`expected a size, got ${n}`, complete);
  });
  const size = sizeOf(shape);
  const refuse = (what: string): never =>
    place.refuse(what, 'write the weights as float32, int32 or bool, or quantized to uint8, uint16 or float16');
  const quantization = place.member('quantization');
  const written = quantization.isPresent ? quantization.member('dtype').text(complete) : dtype;
  const stored =
    kinds.get(written) ??
    refuse(`the weight "${name.slice(0, 100)}" is of dtype ${written.slice(0, 40)}, which is not read`);
  const bytes = size * stored.bytes;
  if (shape.length > 32 || !Number.isSafeInteger(bytes))
    place.member('shape').refuse('no array is that large', complete);
  const isOptimizers = place.member('group').value === 'optimizer';
  return { name, shape, stored, bytes, isOptimizers, decode: decoding(quantization, dtype, refuse) };
}

/** Dequantisation: `scale * q + min`; float16 stays as it is. */
function decoding(quantization: JsonPlace, dtype: string, refuse: (what: string) => never): Spec['decode'] {
  if (!quantization.isPresent) return (data) => ({ dtype, data });
  const kind = quantization.member('dtype').value as string;
  if (kind === 'float16' && dtype === 'float32') return (data) => ({ dtype: 'float16', data });
  if (!['uint8', 'uint16'].includes(kind) || !['float32', 'int32'].includes(dtype))
    return refuse(`a weight of dtype ${dtype} is not quantized to ${kind}`);
  const [scale, min] = ['scale', 'min'].map((key) => quantization.member(key).number(complete)) as [number, number];
  return (data) => {
    const out = dtype === 'int32' ? new Int32Array(data.length) : new Float32Array(data.length);
    for (let k = 0; k < out.length; k++) {
      const x = data[k] * scale + min;
      out[k] = dtype === 'int32' ? Math.round(x) : x;
    }
    return { dtype, data: out };
  };
}

/** The concatenated bytes of several files, from which pieces are taken in order. */
class ByteRun {
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  #at = 0;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  /** Reads the files, which must hold exactly `needed` bytes. */
  static async read(
    paths: readonly string[],
    needed: number,
    open: (path: string) => Promise<Uint8Array>,
  ): Promise<ByteRun> {
    const parts: Uint8Array[] = [];
    let total = 0;
    for (const path of paths) {
      const bytes = await open(path);
      total += bytes.length;
      parts.push(bytes);
      if (total > needed) break;
    }
    if (total !== needed)
      fail(
        `the weights in ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`,
        `the files hold ${total > needed ? 'more than' : `${total} of`} the ${needed} bytes that the manifest lists`,
        complete,
      );
    return new ByteRun(parts);
  }

  take(count: number): ArrayBuffer {
    const out = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const part = this.#parts[this.#part];
      const piece = part.subarray(this.#at, this.#at + count - done);
      out.set(piece, done);
      done += piece.length;
      this.#at += piece.length;
      if (this.#at < part.length) continue;
      this.#part++;
      this.#at = 0;
    }
    return out.buffer;
  }
}
