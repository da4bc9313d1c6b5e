import { fail } from '../base/errors.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  bytesOf,
  bytesPerNumber,
  checkNumbers,
  numbersFrom,
  type StoredDType,
  type StoredNumbers,
  swapped,
} from './stored.ts';
import { readZip, type WriteZipOptions, writeZip } from './zip.ts';

/** A NumPy array, in C order. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly dtype: StoredDType;
  readonly data: StoredNumbers;
}

const codes: Readonly<Record<StoredDType, string>> = {
  bool: '|b1',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  float16: '<f2',
  // What NumPy writes for ml_dtypes' bfloat16.
  bfloat16: '<V2',
  float32: '<f4',
  float64: '<f8',
};

const dtypes = new Map(Object.entries(codes).map(([dtype, code]) => [code.slice(1), dtype as StoredDType]));

/** Objects of Python in C order: what `numpy.save` pickles. */
export interface NpyObjects {
  readonly shape: readonly number[];
  readonly objects: readonly unknown[];
}

/** Reads a .npy file (format 1 to 3): numbers and booleans of either byte order; C or Fortran order becomes C order. */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { code, fortran, shape, data } = openNpy(bytes);
  return readRawArray('npy file', code, fortran, shape, data);
}

/** The header of a .npy file, and the bytes behind it. */
export function openNpy(bytes: Uint8Array): ReturnType<typeof parseHeader> & { readonly data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    fail('npy file', 'does not begin like a .npy file', 'pass the bytes of a .npy file (an .npz file: readNpz)');
  const [lengthBytes, headerBytes] = bytes[6] === 1 ? [2, view.getUint16(8, true)] : [4, view.getUint32(8, true)];
  const start = 8 + lengthBytes + headerBytes;
  if (start > bytes.length) fail('npy file', 'ends within its header', damaged);
  const header = new TextDecoder().decode(bytes.subarray(8 + lengthBytes, start));
  return { ...parseHeader(header), data: bytes.subarray(start) };
}

/** An array of its bytes as NumPy lays them: `code` is byte order, kind and width. */
export function readRawArray(
  who: string,
  code: string,
  fortran: boolean,
  shape: readonly number[],
  raw: Uint8Array,
): NpyArray {
  const dtype = dtypes.get(code.slice(1));
  if (dtype === undefined)
    return fail(who, `holds values of NumPy type ${code}`, 'save numbers or booleans (no texts, objects, records)');
  const width = bytesPerNumber(dtype);
  const size = shape.reduce((product, n) => product * n, width);
  if (raw.length !== size) fail(who, `holds ${raw.length} bytes of data where its shape needs ${size}`, damaged);
  let data = raw;
  if (code[0] === '>') data = swapped(data, width);
  if (fortran && shape.length > 1) data = inCOrder(data, shape, width);
  return { shape, dtype, data: numbersFrom(data, dtype) };
}

const damaged = 'the file is damaged or incomplete: fetch or save it again';

// The header is a Python dict literal, of which only the form that NumPy writes is taken.
function parseHeader(header: string): { code: string; fortran: boolean; shape: number[] } {
  const code = /'descr':\s*'([<>|=]?\w+)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const axes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (code === undefined || order === undefined || axes === undefined)
    return fail(
      'npy file',
      `has the header ${header.trim().slice(0, 80)}`,
      'save a plain array of numbers with numpy.save',
    );
  const shape = axes.split(',').flatMap((text) => (text.trim() === '' ? [] : [Number.parseInt(text, 10)]));
  return { code: /^[<>|=]/.test(code) ? code : `<${code}`, fortran: order === 'True', shape };
}

function inCOrder(bytes: Uint8Array, shape: readonly number[], width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < bytes.length; to += width) {
    let from = 0;
    for (let d = shape.length - 1; d >= 0; d--) from = from * shape[d] + index[d];
    out.set(bytes.subarray(from * width, (from + 1) * width), to);
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
  return out;
}

/** The bytes of a .npy file, format 1. */
export function writeNpy({ shape, dtype, data }: NpyArray): Uint8Array {
  checkNumbers('npy file', shape, dtype, data);
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${codes[dtype]}', 'fortran_order': False, 'shape': (${axes}), }`;
  // Magic, version, length and header fill a multiple of 64 bytes, so that the data are aligned.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const out = new ByteWriter().u8(0x93).text('NUMPY').u8(1, 0).u16(length);
  return out
    .text(`${header.padEnd(length - 1)}\n`)
    .bytes(bytesOf(data))
    .done();
}

/** The arrays in an .npz file by their names. */
export async function readNpz(bytes: Uint8Array): Promise<Record<string, NpyArray>> {
  const arrays = Object.create(null) as Record<string, NpyArray>;
  for (const [name, file] of Object.entries(await readZip(bytes)))
    if (name.endsWith('.npy')) arrays[name.slice(0, -4)] = readNpy(file);
  return arrays;
}

/** The bytes of an .npz file, uncompressed as `numpy.savez` writes it, or deflated. */
export function writeNpz(
  arrays: Readonly<Record<string, NpyArray>>,
  options: WriteZipOptions = {},
): Promise<Uint8Array> {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const);
  return writeZip(Object.fromEntries(files), options);
}
