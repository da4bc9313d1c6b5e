import { fail, HornbeamError } from '../base/errors.ts';
import { part } from '../base/part.ts';

/** Kinds of single values. 64-bit integers are numbers here: what exceeds 2^53 is rounded. */
interface Kinds {
  double: number;
  float: number;
  int32: number;
  int64: number;
  uint32: number;
  uint64: number;
  bool: boolean;
  string: string;
  bytes: Uint8Array;
}
/** A field of a message: its number in the schema, and what it holds, once or any number of times. */
interface Field {
  readonly number: number;
  readonly kind: keyof Kinds | Schema;
  readonly isList: boolean;
}
/** What a message holds, by names. */
export interface Schema {
  readonly [name: string]: Field;
}
type Single<K> = K extends keyof Kinds ? Kinds[K] : K extends Schema ? Message<K> : never;
/** A message: absent fields were not set and stand for 0, "" or an empty message. */
export type Message<S extends Schema> = {
  readonly [N in keyof S]?: S[N]['isList'] extends true ? readonly Single<S[N]['kind']>[] : Single<S[N]['kind']>;
};

/** A field that a message has once. */
export const one = <const K extends keyof Kinds | Schema>(number: number, kind: K) =>
  ({ number, kind, isList: false }) as const;
/** A field that a message has any number of times. */
export const many = <const K extends keyof Kinds | Schema>(number: number, kind: K) =>
  ({ number, kind, isList: true }) as const;

type Wire = typeof import('@bufbuild/protobuf/wire');
type Writer = InstanceType<Wire['BinaryWriter']>;
type Reader = InstanceType<Wire['BinaryReader']>;

/** Wire types. */
const [varint, bit64, delimited, bit32] = [0, 1, 2, 5];
const layouts: Readonly<Record<keyof Kinds, number>> = {
  double: bit64,
  float: bit32,
  int32: varint,
  int64: varint,
  uint32: varint,
  uint64: varint,
  bool: varint,
  string: delimited,
  bytes: delimited,
};

/** Messages <-> bytes. */
export interface Protobuf {
  encode<S extends Schema>(schema: S, message: Message<S>): Uint8Array;
  /** Unknown fields are skipped, as are known ones of another kind. `who` is named by errors. */
  decode<S extends Schema>(who: string, schema: S, bytes: Uint8Array): Message<S>;
}
/** The library for protobuf's encoding, loaded when first needed. */
export async function protobuf(): Promise<Protobuf> {
  const { BinaryReader, BinaryWriter } = await part('protobuf', () => import('@bufbuild/protobuf/wire'));
  return {
    encode(schema, message) {
      const writer = new BinaryWriter();
      write(writer, schema, message);
      return writer.finish();
    },
    decode<S extends Schema>(who: string, schema: S, bytes: Uint8Array): Message<S> {
      const read = (within: Schema, part: Uint8Array): Record<string, unknown> =>
        fieldsOf(new BinaryReader(part), within, read);
      try {
        return read(schema, bytes) as Message<S>;
      } catch (error) {
        if (error instanceof HornbeamError) throw error;
        return fail(who, `a protobuf message is damaged (${(error as Error).message})`, 'fetch the file again');
      }
    },
  };
}

function write(writer: Writer, schema: Schema, message: Readonly<Record<string, unknown>>): void {
  for (const [name, { number, kind, isList }] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) continue;
    if (typeof kind === 'object')
      for (const part of isList ? (value as Record<string, unknown>[]) : [value as Record<string, unknown>]) {
        writer.tag(number, delimited).fork();
        write(writer, kind, part);
        writer.join();
      }
    else if (!isList) put(writer.tag(number, layouts[kind]), kind, value);
    else if (layouts[kind] === delimited)
      for (const item of value as unknown[]) put(writer.tag(number, delimited), kind, item);
    else if ((value as unknown[]).length > 0) {
      writer.tag(number, delimited).fork();
      for (const item of value as unknown[]) put(writer, kind, item);
      writer.join();
    }
  }
}
const put = <K extends keyof Kinds>(writer: Writer, kind: K, value: unknown): void => {
  (writer[kind] as (value: unknown) => Writer)(value);
};

type NamedField = Field & { readonly name: string };
const known = new WeakMap<Schema, ReadonlyMap<number, NamedField>>();
/** The fields of a schema by their numbers. */
function numbered(schema: Schema): ReadonlyMap<number, NamedField> {
  let fields = known.get(schema);
  if (!fields) {
    fields = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, ...field }]));
    known.set(schema, fields);
  }
  return fields;
}

function fieldsOf(
  reader: Reader,
  schema: Schema,
  read: (schema: Schema, bytes: Uint8Array) => Record<string, unknown>,
): Record<string, unknown> {
  const byNumber = numbered(schema);
  const message: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [number, layout] = reader.tag();
    const field = byNumber.get(number);
    const own = field && (typeof field.kind === 'object' ? delimited : layouts[field.kind]);
    // Repeated numbers may be packed or not, whatever the schema says.
    const isPacked = field?.isList && layout === delimited && own !== delimited;
    if (!field || (layout !== own && !isPacked)) {
      reader.skip(layout, number);
      continue;
    }
    const { name, kind, isList } = field;
    if (isPacked) {
      const list = (message[name] ??= []) as unknown[];
      const end = reader.uint32() + reader.pos;
      if (end > reader.len) throw new RangeError('premature EOF');
      while (reader.pos < end) list.push(take(reader, kind as keyof Kinds));
      continue;
    }
    const value = typeof kind === 'object' ? read(kind, reader.bytes()) : take(reader, kind);
    if (isList) ((message[name] ??= []) as unknown[]).push(value);
    else message[name] = value;
  }
  return message;
}
const take = (reader: Reader, kind: keyof Kinds): unknown => {
  const value = reader[kind]();
  return typeof value === 'bigint' ? Number(value) : value;
};
