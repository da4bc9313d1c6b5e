import { fail } from '../../base/errors.ts';
import { ByteWriter } from '../byte-writer.ts';
import { bytesOf, checkCount, checkNumbers, type StoredDType } from '../stored.ts';
import { checksum } from './checksum.ts';
import type { TextPlace } from './string-heap.ts';
import type { H5Attribute, H5Strings } from './tree.ts';

/** One message of an object header: its type number and its bytes. */
export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

export const undefinedAddress = 0xffff_ffff_ffff_ffffn;

/** An object header (version 2): the messages that describe a group or dataset. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const size = messages.reduce((sum, { body }) => sum + 4 + body.length, 0);
  const header = new ByteWriter().text('OHDR').u8(2, 2).u32(size);
  for (const { type, body } of messages) header.u8(type).u16(body.length).u8(0).bytes(body);
  return header.u32(checksum(header.done())).done();
}

/** Shape: nothing at all, one value, or axes. */
export function dataspace(shape: readonly number[] | null): Message {
  const body = new ByteWriter().u8(2, shape?.length ?? 0, 0, shape === null ? 2 : shape.length === 0 ? 0 : 1);
  for (const n of shape ?? []) body.u64(n);
  return { type: 0x01, body: body.done() };
}

const integer = (bytes: number, signed: boolean): Uint8Array =>
  new ByteWriter()
    .u8(0x10, signed ? 8 : 0, 0, 0)
    .u32(bytes)
    .u16(0)
    .u16(bytes * 8)
    .done();

const float = (bytes: number, exponentBits: number): Uint8Array => {
  const mantissaBits = bytes * 8 - 1 - exponentBits;
  return new ByteWriter()
    .u8(0x11, 0x20, bytes * 8 - 1, 0) // 0x20: the leading 1 of the mantissa is implied; then the sign's bit
    .u32(bytes)
    .u16(0)
    .u16(bytes * 8)
    .u8(mantissaBits, exponentBits, 0, mantissaBits)
    .u32(2 ** (exponentBits - 1) - 1)
    .done();
};

// h5py's booleans: an enumeration over int8.
const boolean = (): Uint8Array =>
  new ByteWriter().u8(0x18, 2, 0, 0).u32(1).bytes(integer(1, true)).text('FALSE\0\0\0TRUE\0\0\0\0').u8(0, 1).done();

// ml_dtypes' bfloat16 is to h5py two bytes of no known meaning; Keras adds the attribute `dtype`.
const twoBytes = (): Uint8Array => new ByteWriter().u8(0x15, 0, 0, 0).u32(2).done();

const numberTypes: Readonly<Record<StoredDType, () => Uint8Array>> = {
  bool: boolean,
  uint8: () => integer(1, false),
  uint16: () => integer(2, false),
  uint32: () => integer(4, false),
  uint64: () => integer(8, false),
  int8: () => integer(1, true),
  int16: () => integer(2, true),
  int32: () => integer(4, true),
  int64: () => integer(8, true),
  float16: () => float(2, 5),
  bfloat16: twoBytes,
  float32: () => float(4, 8),
  float64: () => float(8, 11),
};

function stringType({ encoding = 'utf8', length }: H5Strings): Uint8Array {
  const charset = encoding === 'utf8' ? 1 : 0;
  if (length === undefined) return new ByteWriter().u8(0x19, 1, charset, 0).u32(16).bytes(integer(1, false)).done();
  // NumPy's fixed-length texts are padded with NUL; HDF5 knows no text of 0 bytes.
  return new ByteWriter()
    .u8(0x13, 1 | (charset << 4), 0, 0)
    .u32(Math.max(length, 1))
    .done();
}

export const datatype = (value: H5Attribute): Message => ({
  type: 0x03,
  body: value.dtype === 'string' ? stringType(value) : numberTypes[value.dtype](),
});

/** The bytes of a value as they stand in the file; `place` finds room for a text of variable length. */
export function rawData(who: string, value: H5Attribute, place: (text: string) => TextPlace): Uint8Array {
  const { shape } = value;
  if (shape === null) return new Uint8Array(0);
  if (value.dtype !== 'string') {
    checkNumbers(who, shape, value.dtype, value.data);
    return bytesOf(value.data);
  }
  checkCount(who, shape, value.data.length);
  const out = new ByteWriter();
  for (const text of value.data) {
    if (value.length === undefined) {
      const { bytes, address, index } = place(text);
      out.u32(bytes).u64(address).u32(index);
      continue;
    }
    const bytes = new TextEncoder().encode(text);
    const length = Math.max(value.length, 1);
    if (bytes.length > length)
      fail(who, `a text takes ${bytes.length} bytes, more than its fixed length ${length}`, 'raise `length`');
    out.bytes(bytes).zeros(length - bytes.length);
  }
  return out.done();
}

export function attribute(who: string, name: string, value: H5Attribute, data: Uint8Array): Message {
  const type = datatype(value).body;
  const space = dataspace(value.shape).body;
  const text = new TextEncoder().encode(`${name}\0`);
  const body = new ByteWriter().u8(3, 0).u16(text.length).u16(type.length).u16(space.length).u8(1);
  body.bytes(text).bytes(type).bytes(space).bytes(data);
  if (body.length > 0xffff)
    fail(
      who,
      `attribute "${name}" takes ${body.length} bytes; HDF5 allows 65535`,
      'split it as Keras does (setH5Names), or store texts of variable length or a dataset',
    );
  return { type: 0x0c, body: body.done() };
}

/** A link from a group to a member's object header. */
export function link(name: string, address: number): Message {
  const text = new TextEncoder().encode(name);
  const body = new ByteWriter().u8(1, 0x11, 1).u16(text.length).bytes(text).u64(address);
  return { type: 0x06, body: body.done() };
}

/** Where a dataset's bytes lie, in one piece. */
export function layout(address: number, size: number): Message {
  const body = new ByteWriter().u8(3, 1);
  const room = new DataView(new ArrayBuffer(8));
  room.setBigUint64(0, size === 0 ? undefinedAddress : BigInt(address), true);
  return { type: 0x08, body: body.bytes(new Uint8Array(room.buffer)).u64(size).done() };
}

/** No fill value. */
export const fillValue = (): Message => ({ type: 0x05, body: new Uint8Array([3, 0x0a]) });

/** A group whose links stand in its own header. */
export const groupMessages = (): Message[] => [
  { type: 0x02, body: new ByteWriter().u8(0, 0).bytes(new Uint8Array(16).fill(0xff)).done() },
  { type: 0x0a, body: new Uint8Array([0, 0]) },
];
