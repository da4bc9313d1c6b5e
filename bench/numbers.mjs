/** Numbers that look random and are the same in every engine: uniform in [-1, 1) times `scale`. */
export function floats(count, scale = 1, seed = 1) {
  const out = new Float32Array(count);
  let state = seed >>> 0;
  for (let n = 0; n < count; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[n] = (state / 2 ** 31 - 1) * scale;
  }
  return out;
}

/** Integers from 0 up to `limit`. */
export const integers = (count, limit, seed = 7) =>
  Int32Array.from(floats(count, 1, seed), (x) => Math.min(limit - 1, Math.floor(((x + 1) / 2) * limit)));

export const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);
