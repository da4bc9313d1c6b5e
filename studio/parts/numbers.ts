/** Floats from base 64. */
export function decodeFloats(text: string): Float32Array<ArrayBuffer> {
  const bytes = decodeBytes(text);
  return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
}
export const decodeBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** Floats as base 64. */
export function encodeFloats(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let k = 0; k < bytes.length; k += 0x8000) text += String.fromCharCode(...bytes.subarray(k, k + 0x8000));
  return btoa(text);
}

/** A NumPy file of float32 values. */
export function npyBytes(values: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + 4 * values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + padded.length);
  return bytes;
}
/** Values and shape of a NumPy file of numbers in C order. */
export function readNpy(file: ArrayBuffer): { values: Float32Array; shape: number[] } {
  const bytes = new Uint8Array(file);
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, Math.min(bytes.length, 4096)));
  const type = /'descr':\s*'[<|]([fiub])(\d)'/.exec(text);
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text);
  if (!text.startsWith('\x93NUMPY') || !type || !sizes || /'fortran_order':\s*True/.test(text))
    throw new Error('not a NumPy file of plain numbers in C order');
  const wide = bytes[6]! > 1;
  const length = wide ? new DataView(file).getUint32(8, true) : new DataView(file).getUint16(8, true);
  const data = file.slice((wide ? 12 : 10) + length);
  const kinds: Record<string, new (buffer: ArrayBuffer) => ArrayLike<number>> = {
    f4: Float32Array,
    f8: Float64Array,
    i1: Int8Array,
    i2: Int16Array,
    i4: Int32Array,
    u1: Uint8Array,
    u2: Uint16Array,
    u4: Uint32Array,
    b1: Uint8Array,
  };
  const Kind = kinds[`${type[1]}${type[2]}`];
  if (!Kind) throw new Error(`numbers of the kind ${type[1]}${type[2]} are not read`);
  const shape = sizes[1]!
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '')
    .map(Number);
  return { values: Float32Array.from(new Kind(data)), shape };
}

/** Offers bytes as a download. */
export function offer(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
