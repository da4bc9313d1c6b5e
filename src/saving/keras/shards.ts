import { fail } from '../../base/errors.ts';
import { bytesOf, type Place, writeFileAtomic } from '../../formats/file.ts';
import { type H5Dataset, type H5Group, h5Group, isH5Dataset, readHdf5, writeHdf5 } from '../../formats/hdf5.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { parsePythonJson } from '../python-json.ts';

/** The index of shards, `x.weights.json`: which file or files contain the variables of each group. */
interface ShardList {
  readonly metadata: { readonly total_size: number };
  readonly weight_map: Readonly<Record<string, string | readonly string[]>>;
}

/** The path of a file next to another. */
const beside = (place: Place, name: string): Place =>
  place instanceof URL ? new URL(name, place) : place.replace(/[^/\\]*$/, () => name);

/** Reads the weights listed in an index of shards, as if from one file. */
export async function readShards(place: Place): Promise<H5Group> {
  const list = parsePythonJson(new TextDecoder().decode(await bytesOf(place)), 'loadWeights') as Partial<ShardList>;
  const { weight_map: map } = list ?? {};
  if (typeof map !== 'object' || map === null)
    return fail('loadWeights', 'the JSON file lists no shards', 'pass the x.weights.json that saveWeights wrote');
  const whole = h5Group();
  for (const name of new Set(Object.values(map).flat())) {
    if (typeof name !== 'string' || /[/\\]/.test(name))
      fail('loadWeights', `a shard is called ${JSON.stringify(name)}`, 'keep the shards beside the list');
    merge(whole, await readHdf5(await bytesOf(beside(place, name))));
  }
  return whole;
}
function merge(into: H5Group, from: H5Group): void {
  Object.assign(into.attributes, from.attributes);
  for (const [name, node] of Object.entries(from.children)) {
    const there = into.children[name];
    if (there && !isH5Dataset(there) && !isH5Dataset(node)) merge(there, node);
    else into.children[name] = node;
  }
}

const gigabyte = 1e9;
const bytesIn = ({ data }: H5Dataset): number => (data as { byteLength?: number }).byteLength ?? 0;

/** Writes weights to files of at most `maxShardSize` gigabytes, and their index. */
export async function writeShards(
  model: AnyLayer,
  place: Place,
  weights: H5Group,
  maxShardSize: number,
): Promise<void> {
  const name = /([^/\\]*)\.weights\.json$/.exec(String(place))![1];
  const limit = maxShardSize * gigabyte;
  const shards: H5Group[] = [];
  const map: Record<string, string | string[]> = {};
  let [used, total] = [0, 0];
  const file = (k: number): string => `${name}_${String(k).padStart(5, '0')}.weights.h5`;
  /** The group at a path in the last shard. */
  const groupAt = (path: readonly string[], attributes: H5Group['attributes']): H5Group => {
    let at = shards.at(-1)!;
    for (const part of path) {
      const next = (at.children[part] ??= h5Group());
      if (isH5Dataset(next)) return fail(model, `"${part}" is a weight and a layer`, 'give them other names');
      at = next;
    }
    Object.assign(at.attributes, attributes);
    return at;
  };
  const visit = (group: H5Group, path: readonly string[]): void => {
    if (shards.length === 0) shards.push(h5Group());
    groupAt(path, group.attributes);
    for (const [key, node] of Object.entries(group.children)) {
      if (!isH5Dataset(node)) {
        visit(node, [...path, key]);
        continue;
      }
      const size = bytesIn(node);
      if (size > limit)
        fail(model, `one variable takes ${size} bytes, more than maxShardSize`, `give at least ${size / gigabyte}`);
      if (used + size > limit) {
        shards.push(h5Group());
        used = 0;
      }
      used += size;
      total += size;
      groupAt(path, group.attributes).children[key] = node;
      const own = `/${path.join('/')}`;
      const files = (map[own] ??= []) as string[];
      if (!files.includes(file(shards.length - 1))) files.push(file(shards.length - 1));
    }
  };
  visit(weights, []);
  for (const [k, shard] of shards.entries()) await writeFileAtomic(beside(place, file(k)), await writeHdf5(shard));
  const text = JSON.stringify({ metadata: { total_size: total }, weight_map: map }, null, 4);
  const list = text.replace(/("total_size": \d+)(?=\n)/, '$1.0');
  await writeFileAtomic(place, new TextEncoder().encode(list));
}
