import { type Cursor, damaged, type Source, unsupported, verify } from './source.ts';

/** One message of an object header: what it is about, and a reader of its body. */
export interface HeaderMessage {
  readonly type: number;
  readonly body: Cursor;
  /** Whether the body only says where the message itself is. */
  readonly isShared: boolean;
}

const continuation = 0x10;

/** All messages in the header of the object at an address, those of its continuations included. */
export function readObjectHeader(source: Source, address: number): HeaderMessage[] {
  const first = source.block(address, 16, 'an object header');
  const start = source.base + address;
  return first.uint(1) === 1 ? readVersion1(source, first, address) : readVersion2(source, start, address);
}

function readVersion1(source: Source, head: Cursor, address: number): HeaderMessage[] {
  head.skip(1);
  const count = head.uint(2);
  head.skip(4);
  const blocks = [source.block(address + 16, head.uint(4), 'an object header')];
  const messages: HeaderMessage[] = [];
  // A remainder shorter than a message head is a gap.
  for (const block of blocks)
    for (; block.left >= 8 && messages.length < count; ) {
      const [type, size, flags] = [block.uint(2), block.uint(2), block.uint(1)];
      const body = block.skip(3).part(size);
      messages.push({ type, body, isShared: (flags & 2) !== 0 });
      if (type === continuation) blocks.push(source.block(body.address(), body.length(), 'a continued object header'));
    }
  return messages;
}

function readVersion2(source: Source, start: number, address: number): HeaderMessage[] {
  const room = Math.min(source.bytes.length - start, 40);
  const head = source.signed(address, room, 'OHDR', 2, 'an object header');
  const flags = head.uint(1);
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const size = head.uint(1 << (flags & 3));
  const began = head.at - source.base;
  const blocks = [source.block(began, size + 4, 'an object header')];
  verify(source, start, head.at + size + 4, 'an object header');
  const messages: HeaderMessage[] = [];
  const hasOrder = (flags & 4) !== 0;
  for (const block of blocks) {
    block.end -= 4;
    for (; block.left >= (hasOrder ? 6 : 4); ) {
      const [type, bytes, marks] = [block.uint(1), block.uint(2), block.uint(1)];
      const body = block.skip(hasOrder ? 2 : 0).part(bytes);
      messages.push({ type, body, isShared: (marks & 2) !== 0 });
      if (type !== continuation) continue;
      const at = body.address();
      const length = body.length();
      const more = source.block(at, length, 'a continued object header');
      if (length < 8 || String.fromCharCode(...more.take(4)) !== 'OCHK')
        damaged('a continued object header does not begin with OCHK');
      verify(source, more.at - 4, more.end, 'a continued object header');
      blocks.push(more);
    }
  }
  return messages;
}

/** A reader of the body of a message; one that is shared is fetched from the object that holds it (a named type). */
export function bodyOf(source: Source, { type, body, isShared }: HeaderMessage): Cursor {
  return isShared ? sharedBody(source, type, body.again()) : body.again();
}

/** The body of the message of a type to which `reference` points. */
export function sharedBody(source: Source, type: number, reference: Cursor): Cursor {
  const version = reference.uint(1);
  const kind = reference.uint(1);
  if (version > 3 || version < 1) damaged('a shared message is of no known version');
  if (version === 3 && kind === 1) unsupported('HDF5 file', 'keeps messages in a common table');
  const address = reference.skip(version === 1 ? 6 : 0).address();
  const found = readObjectHeader(source, address ?? damaged('a shared message lies nowhere')).find(
    (message) => message.type === type && !message.isShared,
  );
  return found?.body ?? damaged('a shared message is not where it should be');
}
