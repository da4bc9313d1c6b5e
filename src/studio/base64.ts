/** Numbers as float32, in base 64. */
export function encodeFloats(values: ArrayLike<number>): string {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return encodeBytes(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength));
}
export function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  // Engines limit the number of arguments.
  for (let k = 0; k < bytes.length; k += 0x8000) text += String.fromCharCode(...bytes.subarray(k, k + 0x8000));
  return btoa(text);
}
/** Floats from base 64. */
export function decodeFloats(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
}
