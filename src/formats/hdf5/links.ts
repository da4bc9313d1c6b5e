import { openFractalHeap } from './fractal-heap.ts';
import { bodyOf, type HeaderMessage } from './object-header.ts';
import { type Cursor, damaged, type Source } from './source.ts';
import { readTreeV2 } from './tree-v2.ts';

/** A member of a group: its name, and where it lies; no address for a link to another place. */
export interface Link {
  readonly name: string;
  readonly address: number | undefined;
}

/** The links of a group, from its header's messages: old groups have a tree of names, new ones messages or a heap. */
export function readLinks(source: Source, messages: readonly HeaderMessage[]): Link[] {
  const links: Link[] = [];
  for (const message of messages) {
    if (message.type === 0x11) links.push(...symbolTable(source, bodyOf(source, message)));
    if (message.type === 0x06) links.push(readLink(bodyOf(source, message)));
    if (message.type === 0x02) links.push(...denseLinks(source, bodyOf(source, message)));
  }
  return links;
}

/** Whether the header with these messages is a group's. */
export const isGroup = (messages: readonly HeaderMessage[]): boolean =>
  messages.some(({ type }) => type === 0x11 || type === 0x02 || type === 0x06);

function readLink(body: Cursor): Link {
  if (body.uint(1) !== 1) damaged('a link is of no known version');
  const flags = body.uint(1);
  const kind = flags & 8 ? body.uint(1) : 0;
  body.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = new TextDecoder().decode(body.take(body.uint(1 << (flags & 3))));
  return { name, address: kind === 0 ? (body.address() ?? damaged(`the link "${name}" leads nowhere`)) : undefined };
}

function denseLinks(source: Source, body: Cursor): Link[] {
  if (body.uint(1) !== 0) damaged('the description of links is of no known version');
  body.skip(body.uint(1) & 1 ? 8 : 0);
  const heap = body.address();
  if (heap === undefined) return [];
  const find = openFractalHeap(source, heap);
  return readTreeV2(source, body.address()).records.map((record) => readLink(find(record.skip(4))));
}

function symbolTable(source: Source, body: Cursor): Link[] {
  const tree = body.address();
  const heap = source.signed(body.address(), 8 + 2 * source.lengthBytes + source.addressBytes, 'HEAP', 0, 'a heap');
  const size = heap.skip(3).length();
  const names = source.block(heap.skip(source.lengthBytes).address(), size, 'a heap of names');
  const links: Link[] = [];
  const nameAt = (offset: number): string => {
    if (offset > size) damaged('a name lies outside its heap');
    const from = names.at + offset;
    const end = source.bytes.indexOf(0, from);
    if (end < 0 || end >= names.end) damaged('a name in a heap has no end');
    return new TextDecoder().decode(source.bytes.subarray(from, end));
  };
  for (const leaf of treeLeaves(source, tree, 0, source.lengthBytes)) {
    const entryBytes = 24 + 2 * source.addressBytes;
    const count = source.signed(leaf.address, 8, 'SNOD', 1, 'a node of names').skip(1).uint(2);
    const node = source.block(leaf.address, 8 + count * entryBytes, 'a node of names').skip(8);
    for (let k = 0; k < count; k++) {
      const name = nameAt(node.uint(source.addressBytes));
      const address = node.address();
      const isElsewhere = node.uint(4) === 2;
      node.skip(20);
      links.push({ name, address: isElsewhere ? undefined : (address ?? damaged(`the link "${name}" leads nowhere`)) });
    }
  }
  return links;
}

/** The leaves of a version-1 B-tree, in order, with readers of the keys before them (of `keyBytes` each). */
export function treeLeaves(
  source: Source,
  address: number | undefined,
  type: number,
  keyBytes: number,
): { key: Cursor; address: number }[] {
  const leaves: { key: Cursor; address: number }[] = [];
  const visit = (at: number | undefined, level: number | undefined): void => {
    const headBytes = 8 + 2 * source.addressBytes;
    const head = source.block(at, headBytes, 'a B-tree');
    if (String.fromCharCode(...head.take(4)) !== 'TREE' || head.uint(1) !== type)
      damaged(`there is no B-tree where one is said to be`);
    const own = head.uint(1);
    if (level !== undefined && own !== level) damaged('the levels of a B-tree are in disorder');
    const count = head.uint(2);
    const body = source.block(at, headBytes + count * (keyBytes + source.addressBytes), 'a B-tree').skip(headBytes);
    for (let k = 0; k < count; k++) {
      const key = body.part(keyBytes);
      const child = body.address() ?? damaged('a B-tree leads nowhere');
      if (own === 0) leaves.push({ key, address: child });
      else visit(child, own - 1);
    }
  };
  if (address !== undefined) visit(address, undefined);
  return leaves;
}
