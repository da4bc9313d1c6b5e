const tableOf = (polynomial: number): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
/** The checksum of bytes that follow others whose checksum is `before`. */
type Checksum = (bytes: Uint8Array, before?: number) => number;
const checksum = (polynomial: number): Checksum => {
  let table: Uint32Array | undefined;
  return (bytes, before = 0) => {
    const sums = (table ??= tableOf(polynomial));
    let sum = ~before;
    for (let i = 0; i < bytes.length; i++) sum = sums[(sum ^ bytes[i]) & 0xff] ^ (sum >>> 8);
    return ~sum >>> 0;
  };
};

/** The CRC-32 of zip, gzip and PNG. */
export const crc32: Checksum = /* @__PURE__ */ checksum(0xedb88320);
/** The Castagnoli CRC-32 of TFRecord files. */
export const crc32c: Checksum = /* @__PURE__ */ checksum(0x82f63b78);
