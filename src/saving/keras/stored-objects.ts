import type { RealDType } from '../../base/dtype.ts';
import { showShape } from '../../base/shape.ts';
import {
  emptyRecord,
  getH5Text,
  type H5Dataset,
  type H5Group,
  h5Dataset,
  h5Group,
  h5Text,
  isH5Dataset,
  isH5Group,
  makeH5Group,
  setH5,
} from '../../formats/hdf5.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { download } from '../../runtime/storage.ts';
import { Tensor } from '../../tensor/index.ts';
import { placeSaveables } from './saveables.ts';
import { entriesOf } from './weights.ts';

/** A weight in a file, or one to be written to it. */
export type StoredWeight = H5Dataset | Tensor;
/** An object in a weights file: its weights by number, and its children by name. */
export interface StoredObject {
  [name: string]: StoredWeight | StoredObject;
}
export const isWeight = (x: StoredWeight | StoredObject): x is StoredWeight =>
  x instanceof Tensor || typeof x['dtype' as keyof typeof x] === 'string';
export const shapeOf = ({ shape }: StoredWeight): readonly number[] => shape ?? [];

/** The objects in a file that have weights, or children with weights, and their names. */
export function storedIn(file: H5Group): { weights: StoredObject; names: Record<string, { name: string }> } {
  const names = emptyRecord<{ name: string }>();
  const visit = (group: H5Group, path: string): StoredObject => {
    const object: StoredObject = emptyRecord();
    const own = group.children['vars'];
    const vars = own && isH5Group(own) ? own : undefined;
    const name = vars && getH5Text(vars, 'name');
    if (name !== undefined) names[path] = { name };
    for (const [key, node] of Object.entries(vars?.children ?? {})) if (isH5Dataset(node)) object[key] = node;
    for (const [key, node] of Object.entries(group.children)) {
      if (node === vars) continue;
      if (isH5Dataset(node)) object[key] = node;
      else {
        const within = visit(node, path === '' ? key : `${path}/${key}`);
        if (Object.keys(within).length > 0) object[key] = within;
      }
    }
    return object;
  };
  return { weights: visit(file, ''), names };
}

/** The objects of the file that a model would be saved as. */
export function storedOf(model: AnyLayer): StoredObject {
  const root: StoredObject = emptyRecord();
  for (const placed of placeSaveables(model)) {
    const entries = entriesOf(placed);
    if (entries.length === 0) continue;
    let at = root;
    for (const part of placed.path.split('/').filter(Boolean)) {
      at[part] ??= emptyRecord<StoredWeight | StoredObject>();
      at = at[part] as StoredObject;
    }
    for (const [key, value] of entries) at[key] = value;
  }
  return root;
}

/** The tree of an HDF5 file that contains the objects in Keras's layout. */
export async function writeStored(
  root: StoredObject,
  names: Readonly<Record<string, { readonly name: string }>>,
): Promise<H5Group> {
  const file = h5Group();
  const visit = async (object: StoredObject, path: string): Promise<void> => {
    const vars = path === '' ? 'vars' : `${path}/vars`;
    const group = makeH5Group(file, vars);
    if (names[path]) group.attributes['name'] = h5Text(names[path].name);
    for (const [key, value] of Object.entries(object)) {
      if (!isWeight(value)) await visit(value, path === '' ? key : `${path}/${key}`);
      else if (value instanceof Tensor)
        setH5(file, `${vars}/${key}`, h5Dataset(value.shape, value.dtype as RealDType, await download(value)));
      else setH5(file, `${vars}/${key}`, value);
    }
  };
  await visit(root, '');
  return file;
}

/** The objects as lines of a tree. */
export function treeText(root: StoredObject, nameOf: (path: string) => string | undefined): string[] {
  const lines: string[] = [];
  const visit = (object: StoredObject, prefix: string, around: string): void => {
    const entries = Object.entries(object);
    entries.forEach(([key, value], k) => {
      const isLast = k === entries.length - 1;
      const connector = lines.length === 0 ? '> ' : isLast ? '└─ ' : '├─ ';
      if (isWeight(value)) {
        lines.push(`${prefix}${connector}${key}: shape=${showShape(shapeOf(value))}, dtype=${value.dtype}`);
        return;
      }
      const path = around === '' ? key : `${around}/${key}`;
      const name = nameOf(path);
      lines.push(`${prefix}${connector}${key}${name === undefined ? '' : ` ('${name}')`}`);
      visit(value, prefix + (isLast ? '    ' : '│   '), path);
    });
  };
  visit(root, '  ', '');
  return lines;
}
