import { ByteWriter } from '../byte-writer.ts';
import { type Message, undefinedAddress } from './messages.ts';

export interface Member {
  readonly name: string;
  /** Where the member's object header lies. */
  readonly address: number;
}

// HDF5's defaults: a leaf holds 8 members, a node of the tree 32 children; both always take their full size.
const leafMembers = 8;
const nodeChildren = 32;
const leafBytes = 8 + leafMembers * 40;
const nodeBytes = 24 + (2 * nodeChildren + 1) * 8;

interface Node {
  readonly address: number;
  /** Offset in the heap of the node's greatest name. */
  readonly greatest: number;
}

/**
 * A group of many members: a B-tree over leaves sorted by name, the names in a heap, so that finding one takes few
 * steps. `add` puts bytes into the file and returns their address; the message goes into the group's header.
 */
export function symbolTable(members: readonly Member[], add: (bytes: Uint8Array) => number): Message {
  const encoder = new TextEncoder();
  const sorted = members
    .map(({ name, address }) => ({ name: encoder.encode(name), address }))
    .sort((a, b) => compare(a.name, b.name));
  const names = new ByteWriter().zeros(8); // offset 0: the empty name, less than all others
  const entries = sorted.map(({ name, address }) => {
    const offset = names.length;
    names.bytes(name).zeros(8 - (name.length % 8));
    return { offset, address };
  });

  let nodes: Node[] = chunks(entries, leafMembers).map((leaf) => {
    const out = new ByteWriter().text('SNOD').u8(1, 0).u16(leaf.length);
    for (const { offset, address } of leaf) out.u64(offset).u64(address).zeros(24);
    return { address: add(out.zeros(leafBytes - out.length).done()), greatest: leaf.at(-1)!.offset };
  });
  let level = 0;
  do {
    nodes = treeLevel(nodes, level++, add);
  } while (nodes.length > 1);

  const data = add(names.done());
  const heap = new ByteWriter().text('HEAP').zeros(4).u64(names.length).u64(1).u64(data);
  return { type: 0x11, body: new ByteWriter().u64(nodes[0].address).u64(add(heap.done())).done() };
}

/** One level of the tree: nodes of up to 32 children each, linked to their neighbours. */
function treeLevel(children: readonly Node[], level: number, add: (bytes: Uint8Array) => number): Node[] {
  const groups = chunks(children, nodeChildren);
  const nodes: Node[] = [];
  let least = 0;
  const pages = groups.map((group) => {
    const page = new ByteWriter().text('TREE').u8(0, level).u16(group.length).zeros(16).u64(least);
    for (const { address, greatest } of group) page.u64(address).u64(greatest);
    least = group.at(-1)!.greatest;
    page.zeros(nodeBytes - page.length);
    const bytes = page.done();
    nodes.push({ address: add(bytes), greatest: least });
    return new DataView(bytes.buffer, bytes.byteOffset);
  });
  pages.forEach((page, i) => {
    page.setBigUint64(8, i === 0 ? undefinedAddress : BigInt(nodes[i - 1].address), true);
    page.setBigUint64(16, i === pages.length - 1 ? undefinedAddress : BigInt(nodes[i + 1].address), true);
  });
  return nodes;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
