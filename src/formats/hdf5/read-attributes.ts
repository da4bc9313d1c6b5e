import { openFractalHeap } from './fractal-heap.ts';
import { bodyOf, type HeaderMessage, sharedBody } from './object-header.ts';
import { type ElementType, readSpace, readType } from './read-type.ts';
import { type Cursor, damaged, type Source } from './source.ts';
import { readTreeV2 } from './tree-v2.ts';

/** An attribute as it lies in the file. */
export interface StoredAttribute {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[] | null;
  readonly data: Cursor;
}

/** The attributes among a header's messages, and those that it keeps in a heap. */
export function readAttributes(source: Source, messages: readonly HeaderMessage[]): StoredAttribute[] {
  return messages.flatMap((message) => {
    if (message.type === 0x0c) return [readAttribute(source, bodyOf(source, message))];
    if (message.type === 0x15) return denseAttributes(source, bodyOf(source, message));
    return [];
  });
}

function denseAttributes(source: Source, body: Cursor): StoredAttribute[] {
  if (body.uint(1) !== 0) damaged('the description of attributes is of no known version');
  body.skip(body.uint(1) & 1 ? 2 : 0);
  const heap = body.address();
  if (heap === undefined) return [];
  const find = openFractalHeap(source, heap);
  return readTreeV2(source, body.address()).records.map((record) => {
    const message = find(record.part(8));
    return readAttribute(source, record.uint(1) & 2 ? sharedBody(source, 0x0c, message) : message);
  });
}

function readAttribute(source: Source, body: Cursor): StoredAttribute {
  const version = body.uint(1);
  if (version < 1 || version > 3) damaged('an attribute is of no known version');
  const flags = body.uint(1);
  const [nameBytes, typeBytes, spaceBytes] = [body.uint(2), body.uint(2), body.uint(2)];
  if (version === 3) body.skip(1);
  // Version 1 pads each part to a multiple of 8.
  const part = (bytes: number): Cursor => {
    const found = body.part(bytes);
    if (version === 1) body.skip(Math.min(body.left, (8 - (bytes % 8)) % 8));
    return found;
  };
  const name = part(nameBytes).text(nameBytes);
  const typePart = part(typeBytes);
  const spacePart = part(spaceBytes);
  const isShared = (bit: number): boolean => version > 1 && (flags & bit) !== 0;
  const type = readType(isShared(1) ? sharedBody(source, 0x03, typePart) : typePart);
  const { shape } = readSpace(isShared(2) ? sharedBody(source, 0x01, spacePart) : spacePart);
  return { name, type, shape, data: body };
}
