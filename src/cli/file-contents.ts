import { readFile } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { isFolder, readFolder } from '../formats/file.ts';
import { getH5Text, type H5Attribute, type H5Group, isH5Dataset, readHdf5 } from '../formats/hdf5.ts';
import { bytesPerNumber, type StoredDType } from '../formats/stored.ts';
import { openZip } from '../formats/zip.ts';
import { parsePythonJson } from '../saving/python-json.ts';

/** A weight as a file holds it. */
export interface WeightEntry {
  readonly path: string;
  /** What the layer is called, where the file says it. */
  readonly layer: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: number;
}
/** What a file of a model holds, read without making the model: nothing of it is run. */
export interface FileContents {
  readonly format: string;
  readonly fileBytes: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly weights: readonly WeightEntry[];
  /** Other members of an archive, with their sizes. */
  readonly members: Readonly<Record<string, number>>;
}

const mostBytes = 2 ** 32;
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const jsonIn = (text: string): Record<string, unknown> => parsePythonJson(text) as Record<string, unknown>;

/** Reads what a file, or a folder in the layout of `.keras`, holds. */
export async function contentsOf(file: string): Promise<FileContents> {
  if (await isFolder(file)) return ofMembers('folder of .keras', await readFolder(file));
  const bytes = new Uint8Array(await readFile(file));
  const start = textOf(bytes.subarray(0, 64)).trimStart();
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return ofMembers('.keras', await membersOf(file, bytes), bytes.length);
  if (bytes[0] === 0x89 && bytes[1] === 0x48) return ofH5(bytes);
  if (start.startsWith('{'))
    return {
      format: 'config (JSON)',
      fileBytes: bytes.length,
      metadata: {},
      config: jsonIn(textOf(bytes)),
      weights: [],
      members: {},
    };
  return fail(file, 'it is no file of a model', 'give a .keras, .h5 or .weights.h5 file, or a config (.json)');
}

async function membersOf(file: string, bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const zip = openZip(bytes);
  const members: Record<string, Uint8Array> = Object.create(null);
  for (const name of zip.names)
    members[name] = (await zip.read(name, mostBytes)) ?? fail(file, `${name} is missing`, 'fetch it again');
  return members;
}

async function ofMembers(
  format: string,
  members: Readonly<Record<string, Uint8Array>>,
  fileBytes?: number,
): Promise<FileContents> {
  const json = (name: string): Record<string, unknown> | undefined =>
    name in members ? jsonIn(textOf(members[name])) : undefined;
  const stored = members['model.weights.h5'];
  const sizes = Object.entries(members).map(([name, { length }]) => [name, length] as const);
  return {
    format,
    fileBytes: fileBytes ?? sizes.reduce((sum, [, size]) => sum + size, 0),
    metadata: json('metadata.json') ?? {},
    config: json('config.json'),
    weights: stored ? weightsIn(await readHdf5(stored)) : [],
    members: Object.fromEntries(sizes),
  };
}

async function ofH5(bytes: Uint8Array): Promise<FileContents> {
  const root = await readHdf5(bytes);
  const config = getH5Text(root, 'model_config');
  const names = Object.keys(root.attributes).filter((name) => name !== 'model_config');
  const metadata = Object.fromEntries(names.map((name) => [name, plainOf(root.attributes[name])]));
  return {
    format: config === undefined ? 'weights (HDF5)' : '.h5',
    fileBytes: bytes.length,
    metadata,
    config: config === undefined ? undefined : jsonIn(config),
    weights: weightsIn(root),
    members: {},
  };
}
function plainOf({ dtype, data, shape }: H5Attribute): unknown {
  if (dtype === 'string') {
    const texts = data.map((text) => {
      try {
        return text.startsWith('{') ? jsonIn(text) : text;
      } catch {
        return text;
      }
    });
    return shape?.length === 0 ? texts[0] : texts;
  }
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  return shape?.length === 0 ? numbers[0] : numbers;
}

/** All datasets in a file, by their paths. */
function weightsIn(root: H5Group): WeightEntry[] {
  const found: WeightEntry[] = [];
  const visit = (group: H5Group, path: string, around: string | undefined): void => {
    const vars = group.children['vars'];
    const named = vars && !isH5Dataset(vars) ? getH5Text(vars, 'name') : undefined;
    for (const [name, node] of Object.entries(group.children)) {
      const at = path === '' ? name : `${path}/${name}`;
      if (!isH5Dataset(node)) visit(node, at, named ?? getH5Text(node, 'name') ?? around);
      else if (node.dtype !== 'string') {
        const shape = node.shape ?? [];
        const bytes = shape.reduce((a, b) => a * b, 1) * bytesPerNumber(node.dtype as StoredDType);
        found.push({ path: at, layer: named ?? around, shape, dtype: node.dtype, bytes });
      }
    }
  };
  visit(root, '', undefined);
  return found;
}
