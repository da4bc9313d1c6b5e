import { readFile } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { isFolder, readFolder } from '../formats/file.ts';
import { getH5Text, type H5Attribute, type H5Group, isH5Dataset, readHdf5 } from '../formats/hdf5.ts';
import { bytesPerNumber, type StoredDType } from '../formats/stored.ts';
import { openZip } from '../formats/zip.ts';
import { parsePythonJson } from '../saving/python-json.ts';

/** A weight in a file. */
export interface WeightEntry {
  readonly path: string;
  /** The name of the layer, if the file contains it. */
  readonly layer: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: number;
}
/** The contents of a model's file, read without making the model: none of its code is run. */
export interface FileContents {
  readonly format: string;
  readonly fileBytes: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly weights: readonly WeightEntry[];
  /** Other members of an archive, with their sizes. */
  readonly members: Readonly<Record<string, number>>;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
function jsonIn(name: string, text: string): Record<string, unknown> {
  const value = parsePythonJson(text, name);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(name, 'it is no object in JSON', 'the file is damaged: fetch or save it again');
}

/** Reads the contents of a file, or of a folder in the layout of `.keras`. */
export async function contentsOf(file: string): Promise<FileContents> {
  if (await isFolder(file)) return ofFolder(file);
  const bytes = new Uint8Array(await readFile(file));
  const start = textOf(bytes.subarray(0, 64)).trimStart();
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return ofZip(bytes);
  if (bytes[0] === 0x89 && bytes[1] === 0x48) return ofH5(bytes);
  if (start.startsWith('{'))
    return {
      format: 'config (JSON)',
      fileBytes: bytes.length,
      metadata: {},
      config: jsonIn(file, textOf(bytes)),
      weights: [],
      members: {},
    };
  return fail(file, 'it is no file of a model', 'give a .keras, .h5 or .weights.h5 file, or a config (.json)');
}

/** The members that are read; for others, the size is enough. */
const mostBytes = { 'metadata.json': 2 ** 20, 'config.json': 2 ** 28, 'model.weights.h5': 2 ** 32 } as const;

async function ofZip(bytes: Uint8Array): Promise<FileContents> {
  const zip = openZip(bytes);
  const read = async (name: keyof typeof mostBytes) => [name, await zip.read(name, mostBytes[name])] as const;
  const members = await Promise.all((Object.keys(mostBytes) as (keyof typeof mostBytes)[]).map(read));
  const sizes = zip.names.map((name) => [name, zip.sizeOf(name) ?? 0] as const);
  return ofMembers('.keras', Object.fromEntries(members), sizes, bytes.length);
}
async function ofFolder(folder: string): Promise<FileContents> {
  const members = await readFolder(folder);
  const sizes = Object.entries(members).map(([name, { length }]) => [name, length] as const);
  return ofMembers(
    'folder of .keras',
    members,
    sizes,
    sizes.reduce((sum, [, size]) => sum + size, 0),
  );
}
async function ofMembers(
  format: string,
  members: Readonly<Record<string, Uint8Array | undefined>>,
  sizes: readonly (readonly [name: string, bytes: number])[],
  fileBytes: number,
): Promise<FileContents> {
  const json = (name: string) => (members[name] ? jsonIn(name, textOf(members[name])) : undefined);
  const stored = members['model.weights.h5'];
  return {
    format,
    fileBytes,
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
    config: config === undefined ? undefined : jsonIn('model_config', config),
    weights: weightsIn(root),
    members: {},
  };
}
function plainOf({ dtype, data, shape }: H5Attribute): unknown {
  if (dtype === 'string') {
    const texts = data.map((text) => {
      try {
        return text.startsWith('{') ? jsonIn('attribute', text) : text;
      } catch {
        return text;
      }
    });
    return shape?.length === 0 ? texts[0] : texts;
  }
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  return shape?.length === 0 ? numbers[0] : numbers;
}

/** Deeper than the layers of any model are nested. */
const mostLevels = 200;
/** All datasets in a file, by their paths. */
function weightsIn(root: H5Group): WeightEntry[] {
  const found: WeightEntry[] = [];
  // Groups of a hostile file may contain themselves.
  const seen = new Set<H5Group>();
  const visit = (group: H5Group, path: string, around: string | undefined): void => {
    if (seen.has(group) || path.split('/').length > mostLevels) return;
    seen.add(group);
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
