import { fail } from '../../base/errors.ts';
import { ByteWriter } from '../byte-writer.ts';
import { checksum } from './checksum.ts';
import {
  attribute,
  dataspace,
  datatype,
  fillValue,
  groupMessages,
  layout,
  link,
  type Message,
  objectHeader,
  rawData,
} from './messages.ts';
import { StringHeap, type TextPlace } from './string-heap.ts';
import { symbolTable } from './symbol-table.ts';
import { type H5Attribute, type H5Dataset, type H5Group, type H5Node, isH5Dataset } from './tree.ts';

const superblockBytes = 48;
// HDF5 searches links in a group's own header one by one, and keeps no more than this there itself.
const fewMembers = 8;

/**
 * The bytes of an HDF5 file that holds `root`: superblock 2, headers 2, contiguous data. Any HDF5 since 1.8 (2008),
 * so h5py and every Keras, reads it. The same tree always gives the same bytes.
 */
export function writeHdf5(root: H5Group): Uint8Array {
  // Texts go first, so that their addresses are known when references to them are written.
  const heap = new StringHeap(superblockBytes);
  const data = new Map<H5Attribute, Uint8Array>();
  layTexts('/', root, new Map(), (who, value) => {
    const places = new Map<string, TextPlace>();
    data.set(
      value,
      rawData(who, value, (text) => {
        const place = places.get(text) ?? heap.add(who, text);
        places.set(text, place);
        return place;
      }),
    );
  });
  const file = new FilePieces(heap.close(), heap.pieces);
  const rootAddress = writeNode(file, '/', root, data, new Map());
  return file.join(superblock(rootAddress, file.length));
}

/** Visits every value once: a value that occurs at several places is written once and linked to from each. */
function layTexts(
  path: string,
  node: H5Node,
  seen: Map<H5Node, 'open' | 'done'>,
  visit: (who: string, value: H5Attribute) => void,
): void {
  const who = `HDF5 ${path}`;
  const known = seen.get(node);
  if (known === 'open') fail(who, 'is a group that contains itself', 'make sure that no group contains itself');
  if (known === 'done') return;
  seen.set(node, 'open');
  for (const [name, value] of Object.entries(node.attributes)) {
    checkName(who, name, 'an attribute');
    visit(`${who} @${name}`, value);
  }
  if (isH5Dataset(node)) {
    visit(who, node);
    seen.set(node, 'done');
    return;
  }
  for (const [name, child] of Object.entries(node.children)) {
    checkName(who, name, 'a member');
    if (name.includes('/')) fail(who, `a member is called "${name}"`, 'make one group per part of the path (setH5)');
    layTexts(path === '/' ? `/${name}` : `${path}/${name}`, child, seen, visit);
  }
  seen.set(node, 'done');
}

function checkName(who: string, name: string, what: string): void {
  if (name === '' || name === '.' || name.includes('\0'))
    fail(who, `"${name}" cannot name ${what} of an HDF5 file`, 'choose another name');
}

type RawData = ReadonlyMap<H5Attribute, Uint8Array>;

function writeNode(file: FilePieces, path: string, node: H5Node, data: RawData, written: Map<H5Node, number>): number {
  const known = written.get(node);
  if (known !== undefined) return known;
  const address = writeNew(file, path, node, data, written);
  written.set(node, address);
  return address;
}

function writeNew(file: FilePieces, path: string, node: H5Node, data: RawData, written: Map<H5Node, number>): number {
  const attributes = Object.entries(node.attributes).map(([name, value]) =>
    attribute(`HDF5 ${path}`, name, value, data.get(value)!),
  );
  if (isH5Dataset(node))
    return file.add(objectHeader([...datasetMessages(file, node, data.get(node)!), ...attributes]));
  const members = Object.entries(node.children).map(([name, child]) => ({
    name,
    address: writeNode(file, path === '/' ? `/${name}` : `${path}/${name}`, child, data, written),
  }));
  const links =
    members.length <= fewMembers
      ? [...groupMessages(), ...members.map(({ name, address }) => link(name, address))]
      : [symbolTable(members, (bytes) => file.add(bytes))];
  return file.add(objectHeader([...links, ...attributes]));
}

function datasetMessages(file: FilePieces, node: H5Dataset, bytes: Uint8Array): Message[] {
  const address = bytes.length === 0 ? 0 : file.add(bytes);
  return [dataspace(node.shape), datatype(node), fillValue(), layout(address, bytes.length)];
}

function superblock(rootAddress: number, fileLength: number): Uint8Array {
  const block = new ByteWriter().u8(0x89).text('HDF\r\n').u8(0x1a, 0x0a);
  block.u8(2, 8, 8, 0).u64(0).bytes(new Uint8Array(8).fill(0xff)).u64(fileLength).u64(rootAddress);
  return block.u32(checksum(block.done())).done();
}

/**
 * The parts of the file after the superblock, aligned to 8 bytes; concatenated once, so that weights are copied once.
 */
class FilePieces {
  length: number;
  readonly #pieces: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  constructor(length: number, heap: readonly Uint8Array[]) {
    this.length = superblockBytes;
    for (const piece of heap) this.add(piece);
    if (this.length !== length) throw new RangeError('the string heap does not lie where its references point');
  }

  add(bytes: Uint8Array): number {
    const address = this.length;
    this.#pieces.push({ address, bytes });
    this.length += (bytes.length + 7) & ~7;
    return address;
  }

  join(head: Uint8Array): Uint8Array {
    const file = new Uint8Array(this.length);
    file.set(head);
    for (const { address, bytes } of this.#pieces) file.set(bytes, address);
    return file;
  }
}
