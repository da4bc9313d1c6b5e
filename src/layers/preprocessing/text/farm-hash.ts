/** Unsigned 64-bit integers that wrap around. */
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const mul = (a: bigint, b: bigint): bigint => u64(a * b);
const rotate = (x: bigint, n: bigint): bigint => u64((x >> n) | (x << (64n - n)));
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);
const [k0, k1, k2] = [0xc3a5c85c97cb3127n, 0xb492b66fbe98f273n, 0x9ae16a3b2f90404fn] as const;
type Pair = readonly [bigint, bigint];

function mixed(u: bigint, v: bigint, by: bigint): bigint {
  const a = shiftMix(mul(u ^ v, by));
  return mul(shiftMix(mul(v ^ a, by)), by);
}

/** Reads little-endian numbers of a text. */
class Bytes {
  private readonly view: DataView;
  readonly length: number;
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
  }
  at = (k: number): bigint => BigInt(this.view.getUint8(k));
  four = (k: number): bigint => BigInt(this.view.getUint32(k, true));
  eight = (k: number): bigint => this.view.getBigUint64(k, true);
}

function upTo16(s: Bytes): bigint {
  const n = s.length;
  const by = u64(k2 + BigInt(n) * 2n);
  if (n >= 8) {
    const a = u64(s.eight(0) + k2);
    const b = s.eight(n - 8);
    return mixed(u64(mul(rotate(b, 37n), by) + a), mul(u64(rotate(a, 25n) + b), by), by);
  }
  if (n >= 4) return mixed(u64(BigInt(n) + (s.four(0) << 3n)), s.four(n - 4), by);
  if (n === 0) return k2;
  const y = s.at(0) + (s.at(n >> 1) << 8n);
  const z = BigInt(n) + (s.at(n - 1) << 2n);
  return mul(shiftMix(mul(y, k2) ^ mul(z, k0)), k2);
}
function upTo32(s: Bytes): bigint {
  const n = s.length;
  const by = u64(k2 + BigInt(n) * 2n);
  const [a, b, c, d] = [mul(s.eight(0), k1), s.eight(8), mul(s.eight(n - 8), by), mul(s.eight(n - 16), k2)];
  return mixed(u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d), u64(a + rotate(u64(b + k2), 18n) + c), by);
}
function upTo64(s: Bytes): bigint {
  const n = s.length;
  const by = u64(k2 + BigInt(n) * 2n);
  const [a, b, c, d] = [mul(s.eight(0), k2), s.eight(8), mul(s.eight(n - 8), by), mul(s.eight(n - 16), k2)];
  const y = u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d);
  const z = mixed(y, u64(a + rotate(u64(b + k2), 18n) + c), by);
  const [e, f] = [mul(s.eight(16), by), s.eight(24)];
  const g = mul(u64(y + s.eight(n - 32)), by);
  const h = mul(u64(z + s.eight(n - 24)), by);
  return mixed(u64(rotate(u64(e + f), 43n) + rotate(g, 30n) + h), u64(e + rotate(u64(f + a), 18n) + g), by);
}
/** 32 bytes from a place on, and two seeds, as two numbers. */
function weak(s: Bytes, at: number, first: bigint, second: bigint): Pair {
  const [w, x, y, z] = [s.eight(at), s.eight(at + 8), s.eight(at + 16), s.eight(at + 24)];
  const a = u64(first + w);
  const b = rotate(u64(second + a + z), 21n);
  const c = u64(a + x + y);
  return [u64(c + z), u64(b + rotate(c, 44n) + a)];
}
function longer(s: Bytes): bigint {
  const n = s.length;
  let x = u64(81n * k2 + s.eight(0));
  let y = u64(81n * k1 + 113n);
  let z = mul(shiftMix(u64(y * k2 + 113n)), k2);
  let [v, w]: [Pair, Pair] = [
    [0n, 0n],
    [0n, 0n],
  ];
  const step = (at: number, by: bigint, times: bigint): void => {
    x = mul(rotate(u64(x + y + v[0] + s.eight(at + 8)), 37n), by);
    y = mul(rotate(u64(y + v[1] + s.eight(at + 48)), 42n), by);
    x ^= u64(w[1] * times);
    y = u64(y + v[0] * times + s.eight(at + 40));
    z = mul(rotate(u64(z + w[0]), 33n), by);
    v = weak(s, at, mul(v[1], by), u64(x + w[0]));
    w = weak(s, at + 32, u64(z + w[1]), u64(y + s.eight(at + 16)));
    [z, x] = [x, z];
  };
  const end = Math.floor((n - 1) / 64) * 64;
  for (let at = 0; at < end; at += 64) step(at, k1, 1n);
  const by = u64(k1 + ((z & 0xffn) << 1n));
  w = [u64(w[0] + BigInt((n - 1) & 63)), w[1]];
  v = [u64(v[0] + w[0]), v[1]];
  w = [u64(w[0] + v[0]), w[1]];
  step(n - 64, by, 9n);
  const left = u64(mixed(v[0], w[0], by) + mul(shiftMix(y), k0) + z);
  return mixed(left, u64(mixed(v[1], w[1], by) + x), by);
}

/** FarmHash's fingerprint of 64 bits (github.com/google/farmhash), by which TensorFlow and so Keras put texts into bins. */
export function farmHash64(bytes: Uint8Array): bigint {
  const s = new Bytes(bytes);
  return s.length <= 16 ? upTo16(s) : s.length <= 32 ? upTo32(s) : s.length <= 64 ? upTo64(s) : longer(s);
}

/** Combines two fingerprints, in their order, as TensorFlow crosses features. */
export function joinFingerprints(a: bigint, b: bigint): bigint {
  const by = 0xc6a4a7935bd1e995n;
  const c = mul(a ^ by ^ mul(shiftMix(mul(b, by)), by), by);
  return shiftMix(mul(shiftMix(c), by));
}
