import { fail } from '../../base/errors.ts';
import { loadInflate } from './filters.ts';
import { GlobalHeap } from './global-heap.ts';
import { isGroup, readLinks } from './links.ts';
import { bodyOf, type HeaderMessage, readObjectHeader } from './object-header.ts';
import { readAttributes } from './read-attributes.ts';
import { readData } from './read-data.ts';
import { elements, readSpace, readType } from './read-type.ts';
import { damaged, Source } from './source.ts';
import { readSuperblock } from './superblock.ts';
import { emptyRecord, type H5Attribute, type H5Dataset, type H5Group, type H5Node, lazily, textIn } from './tree.ts';
import { bytesIn, type ValueContext, valueOf } from './values.ts';

export interface ReadHdf5Options {
  /** Bytes that all values read may take together; 4 GiB by default. */
  readonly maxBytes?: number;
}

// Deflate compresses data at most 1032-fold, so a larger claim is bogus; small files may consist of fill values.
const expansion = 1032;
const alwaysAllowed = 64 * 2 ** 20;

/**
 * The tree in an HDF5 file, as plain data. A member, attribute or array is read when it is first asked for, and once,
 * however many links lead to it; damage, or anything not supported, is reported then. Nothing in the file is evaluated.
 * Links to other places or files are refused, as is more data than the file's size can hold.
 */
export async function readHdf5(bytes: Uint8Array, { maxBytes = 2 ** 32 }: ReadHdf5Options = {}): Promise<H5Group> {
  checkSignature(bytes);
  const source = new Source(bytes);
  const root = readSuperblock(source);
  const limit = Math.min(maxBytes, Math.max(bytes.length * expansion, alwaysAllowed));
  let spent = 0;
  const spend = (who: string, count: number): void => {
    if (!(spent + count <= limit))
      fail(
        who,
        `the values promise more than ${limit} bytes`,
        'do not trust this file; if it is yours, save the model again',
      );
    spent += count;
  };
  const reader = new TreeReader({ source, heap: new GlobalHeap(source), spend }, await loadInflate());
  const node = reader.node(root, '/');
  return 'children' in node ? node : damaged('its root is no group');
}

function checkSignature(bytes: Uint8Array): void {
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  if (signature.some((byte, i) => bytes[i] !== byte))
    fail(
      'HDF5 file',
      bytes.length === 0 ? 'is empty' : 'does not begin like an HDF5 file',
      'pass the bytes of a .h5 file (a .keras file is a zip archive: give it its own ending)',
    );
}

/** Creates the nodes of one file, one per object address. */
class TreeReader {
  readonly #context: ValueContext;
  readonly #inflate: Awaited<ReturnType<typeof loadInflate>>;
  readonly #nodes = new Map<number, H5Node>();

  constructor(context: ValueContext, inflate: Awaited<ReturnType<typeof loadInflate>>) {
    this.#context = context;
    this.#inflate = inflate;
  }

  node(address: number, path: string): H5Node {
    const known = this.#nodes.get(address);
    if (known) return known;
    const { source } = this.#context;
    const messages = readObjectHeader(source, address);
    const attributes = this.#attributes(messages, path);
    const node = isGroup(messages)
      ? this.#group(messages, attributes, path)
      : this.#dataset(messages, attributes, path);
    this.#nodes.set(address, node);
    return node;
  }

  #group(messages: readonly HeaderMessage[], attributes: Record<string, H5Attribute>, path: string): H5Group {
    const children = emptyRecord<H5Node>();
    for (const { name, address } of readLinks(this.#context.source, messages)) {
      const at = path === '/' ? `/${name}` : `${path}/${name}`;
      if (name in children) damaged(`${path} has two members called "${name}"`);
      lazily(children, name, () =>
        address === undefined
          ? fail(`HDF5 ${at}`, 'is a link to another place', 'copy what it points to into the file')
          : this.node(address, at),
      );
    }
    return { attributes, children };
  }

  #dataset(messages: readonly HeaderMessage[], attributes: Record<string, H5Attribute>, path: string): H5Dataset {
    const { source, spend } = this.#context;
    const who = `HDF5 ${path}`;
    const find = (type: number) => messages.find((message) => message.type === type);
    const [spaceMessage, typeMessage] = [find(0x01), find(0x03)];
    if (!spaceMessage || !typeMessage)
      return fail(who, 'is neither a group nor a dataset, but a named type', 'leave it out of the file');
    const type = readType(bodyOf(source, typeMessage));
    const { shape, most } = readSpace(bodyOf(source, spaceMessage));
    const isMarkedBfloat16 = (): boolean => textIn(attributes, 'dtype') === 'bfloat16';
    const value = valueOf(this.#context, who, type, shape, isMarkedBfloat16, () => {
      const count = elements(shape) * type.size;
      spend(who, count);
      const place = { who, messages, shape: shape ?? [], most, elementBytes: type.size };
      return readData(source, { ...place, inflate: this.#inflate, spend: (bytes) => spend(who, bytes) });
    });
    return Object.assign(value, { attributes });
  }

  #attributes(messages: readonly HeaderMessage[], path: string): Record<string, H5Attribute> {
    const attributes = emptyRecord<H5Attribute>();
    for (const { name, type, shape, data } of readAttributes(this.#context.source, messages)) {
      const who = `HDF5 ${path} @${name}`;
      if (name in attributes) damaged(`${path} has two attributes called "${name}"`);
      lazily(attributes, name, () =>
        valueOf(
          this.#context,
          who,
          type,
          shape,
          () => false,
          () => {
            const count = elements(shape) * type.size;
            this.#context.spend(who, count);
            return bytesIn(who, data, count);
          },
        ),
      );
    }
    return attributes;
  }
}
