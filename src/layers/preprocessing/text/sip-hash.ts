const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotate = (x: bigint, n: bigint): bigint => u64((x << n) | (x >> (64n - n)));

/** SipHash-2-4 of a text with a key of two numbers (Aumasson and Bernstein 2012): without the key nobody can choose texts that collide. */
export function sipHash64(bytes: Uint8Array, [k0, k1]: readonly [bigint, bigint]): bigint {
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let k = 0; k < count; k++) {
      v0 = u64(v0 + v1);
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = u64(v2 + v3);
      v3 = rotate(v3, 16n) ^ v2;
      v0 = u64(v0 + v3);
      v3 = rotate(v3, 21n) ^ v0;
      v2 = u64(v2 + v1);
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const take = (word: bigint): void => {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  const n = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, n);
  const whole = n - (n % 8);
  for (let k = 0; k < whole; k += 8) take(view.getBigUint64(k, true));
  let last = BigInt(n & 255) << 56n;
  for (let k = whole; k < n; k++) last |= BigInt(bytes[k]) << BigInt(8 * (k - whole));
  take(last);
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}
