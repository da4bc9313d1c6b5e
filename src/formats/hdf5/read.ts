import { fail, HornbeamError } from '../../base/errors.ts';
import { type Library, loadLibrary } from './library.ts';
import { emptyRecord, type H5Attribute, type H5Group, type H5Node } from './tree.ts';
import { readValue } from './values.ts';

export interface ReadHdf5Options {
  /** Bytes that all values together may take; 4 GiB by default. */
  readonly maxBytes?: number;
}

const deepest = 64;
const mostObjects = 1_000_000;
// Deflate makes data at most 1032 times smaller, so a larger promise is no honest one; small files may hold fill values.
const expansion = 1032;
const alwaysAllowed = 64 * 2 ** 20;

let filesOpened = 0;

/**
 * The tree in an HDF5 file, as plain data. Nothing in the file is evaluated; links to other places or files are
 * refused, and so is a file that promises more data than its size can hold.
 */
export async function readHdf5(bytes: Uint8Array, options: ReadHdf5Options = {}): Promise<H5Group> {
  checkSignature(bytes);
  const library = await loadLibrary();
  const name = `/hornbeam-${filesOpened++}.h5`;
  // An own view of the bytes: the file system may keep it, and only reads it.
  const stream = library.FS.open(name, 'w');
  if (bytes.length > 0) library.FS.write(stream, bytes, 0, bytes.length, 0, true);
  library.FS.close(stream);
  library.activate_throwing_error_handler();
  try {
    const file = library.open(name, library.H5F_ACC_RDONLY, false, -1, -1);
    try {
      return readTree(library, file, budgetFor(bytes, options));
    } finally {
      library.close_file(file);
    }
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    return fail('HDF5 file', `cannot be read: ${firstCause(error)}`, 'check that the file is complete and undamaged');
  } finally {
    library.deactivate_throwing_error_handler();
    library.FS.unlink(name);
  }
}

function checkSignature(bytes: Uint8Array): void {
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  if (signature.some((byte, i) => bytes[i] !== byte))
    fail(
      'HDF5 file',
      bytes.length === 0 ? 'is empty' : 'does not begin like an HDF5 file',
      'pass the bytes of a .h5 file (a .keras file is a zip archive: readZip)',
    );
}

interface Budget {
  bytes: number;
  readonly limit: number;
  objects: number;
}

const budgetFor = (bytes: Uint8Array, { maxBytes = 2 ** 32 }: ReadHdf5Options): Budget => ({
  bytes: 0,
  limit: Math.min(maxBytes, Math.max(bytes.length * expansion, alwaysAllowed)),
  objects: 0,
});

// The library prints its stack of causes, outermost first; the last line names the origin.
function firstCause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const causes = [...text.matchAll(/#\d+: \S+ line \d+ in \S+: (.*)/g)].map((match) => match[1]!);
  return causes.length === 0 ? text : [...new Set([causes[0]!, causes.at(-1)!])].join('; ');
}

function readTree(library: Library, file: bigint, budget: Budget): H5Group {
  const spend = (who: string, bytes: number): void => {
    budget.bytes += bytes;
    if (!(budget.bytes <= budget.limit))
      fail(who, `the values promise more than ${budget.limit} bytes`, 'if the file can be trusted, raise `maxBytes`');
  };

  const attributesOf = (path: string): Record<string, H5Attribute> => {
    const attributes = emptyRecord<H5Attribute>();
    for (const name of library.get_attribute_names(file, path))
      attributes[name] = readValue(library, file, path, name, spend);
    return attributes;
  };

  const readGroup = (path: string, depth: number): H5Group => {
    if (depth > deepest) fail(`HDF5 ${path}`, `groups are nested more than ${deepest} deep`, 'do not trust this file');
    const children = emptyRecord<H5Node>();
    for (const name of library.get_names(file, path, false))
      children[name] = readNode(path === '/' ? `/${name}` : `${path}/${name}`, depth + 1);
    return { attributes: attributesOf(path), children };
  };

  const readNode = (path: string, depth: number): H5Node => {
    if (++budget.objects > mostObjects)
      fail('HDF5 file', `holds more than ${mostObjects} objects`, 'do not trust this file');
    const type = isPlainLink(path) ? library.get_type(file, path) : -1;
    if (type === library.H5G_GROUP) return readGroup(path, depth);
    if (type === library.H5G_DATASET)
      return { ...readValue(library, file, path, '', spend), attributes: attributesOf(path) };
    return fail(
      `HDF5 ${path}`,
      'is neither a group nor a dataset but a link to another place, or a named type',
      'copy what it points to into the file',
    );
  };

  const isPlainLink = (path: string): boolean => {
    // A link that leads elsewhere has its kind as the type, or names a target.
    return library.get_symbolic_link(file, path) === null;
  };

  return readGroup('/', 0);
}
