import { fail } from '../../base/errors.ts';
import {
  type H5Dataset,
  type H5Group,
  type H5Node,
  type H5Strings,
  h5Group,
  isH5Dataset,
  isH5Group,
  textIn,
} from './tree.ts';

/** The node at `path` ("layers/dense/vars") within a group; undefined if there is none. */
export function getH5(group: H5Group, path: string): H5Node | undefined {
  let node: H5Node | undefined = group;
  for (const part of path.split('/').filter(Boolean)) {
    if (node === undefined || !isH5Group(node) || !Object.hasOwn(node.children, part)) return undefined;
    node = node.children[part];
  }
  return node;
}

/**
 * Puts a member into a group. Not by assignment: the group may be a plain object, where assigning `__proto__` sets the
 * prototype.
 */
function putMember({ children }: H5Group, name: string, value: H5Node): void {
  Object.defineProperty(children, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The group at `path`, made where it is missing. */
export function makeH5Group(group: H5Group, path: string): H5Group {
  let at = group;
  for (const part of path.split('/').filter(Boolean)) {
    if (!Object.hasOwn(at.children, part)) putMember(at, part, h5Group());
    const next = at.children[part];
    if (isH5Dataset(next)) return fail(`HDF5 ${path}`, `"${part}" is a dataset already`, 'use another name');
    at = next;
  }
  return at;
}

/** Puts a dataset at `path` under a group, making the groups on the way. */
export function setH5(group: H5Group, path: string, dataset: H5Dataset): void {
  const parts = path.split('/').filter(Boolean);
  const name = parts.pop() ?? fail(`HDF5 "${path}"`, 'names no dataset', 'give it a name');
  const parent = makeH5Group(group, parts.join('/'));
  if (Object.hasOwn(parent.children, name))
    fail(`HDF5 ${path}`, 'there is a dataset or group of this name already', 'give each weight a name of its own');
  putMember(parent, name, dataset);
}

/** The text of an attribute; undefined if there is none or it is no single text. */
export const getH5Text = (node: H5Node, name: string): string | undefined => textIn(node.attributes, name);

const headerLimit = 64512;

/**
 * Stores a list of names as an attribute, as Keras does: in one piece, or, if padding all names to the longest would
 * exceed an HDF5 header, in parts of nearly equal size called `<name>0`, `<name>1`, ...
 */
export function setH5Names(node: H5Node, name: string, names: readonly string[]): void {
  if (names.length === 0) {
    // NumPy's empty array has dtype float64.
    node.attributes[name] = { shape: [0], dtype: 'float64', data: new Float64Array(0) };
    return;
  }
  const encoder = new TextEncoder();
  const length = names.reduce((longest, text) => Math.max(longest, encoder.encode(text).length), 1);
  if (length > headerLimit)
    fail(`HDF5 @${name}`, `a name takes ${length} bytes, more than the ${headerLimit} of a header`, 'shorten it');
  if (names.length * length <= headerLimit) {
    const texts: H5Strings = { shape: [names.length], dtype: 'string', data: [...names], encoding: 'ascii' };
    // Variable-length texts take 16 bytes each in the header, which is too much for very many short names.
    node.attributes[name] = names.length * 16 <= headerLimit ? texts : { ...texts, length };
    return;
  }
  parts(names, length).forEach((data, i) => {
    node.attributes[`${name}${i}`] = { shape: [data.length], dtype: 'string', data, encoding: 'ascii', length };
  });
}

// NumPy's array_split into the fewest parts that each fit: the first parts are longer by one.
function parts(names: readonly string[], length: number): string[][] {
  const fitting = Math.floor(headerLimit / length);
  const count = Math.ceil(names.length / fitting);
  const [least, extra] = [Math.floor(names.length / count), names.length % count];
  const starts = Array.from({ length: count + 1 }, (_, i) => i * least + Math.min(i, extra));
  return starts.slice(0, -1).map((start, i) => names.slice(start, starts[i + 1]));
}

/** A list of names stored by `setH5Names` or Keras; undefined if there is none. */
export function getH5Names(node: H5Node, name: string): string[] | undefined {
  const get = (key: string): H5Strings['data'] | undefined => {
    if (!Object.hasOwn(node.attributes, key)) return undefined;
    const value = node.attributes[key];
    return value.dtype === 'string' ? value.data : [];
  };
  const whole = get(name);
  if (whole !== undefined) return [...whole];
  const found: string[] = [];
  for (let i = 0; ; i++) {
    const part = get(`${name}${i}`);
    if (part === undefined) return i === 0 ? undefined : found;
    for (const text of part) found.push(text);
  }
}
