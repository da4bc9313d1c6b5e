// Reads the files that scripts/hdf5-samples.py wrote, and again after writing them anew: node scripts/compare-hdf5.mjs FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createServer } from 'vite';

const vite = await createServer({ configFile: false, server: { middlewareMode: true, ws: false }, logLevel: 'error' });
const { readHdf5, writeHdf5, isH5Dataset } = await vite.ssrLoadModule('/src/formats/hdf5.ts');
const { fromBfloat16, fromFloat16 } = await vite.ssrLoadModule('/src/tensor/elements.ts');

const value = ({ dtype, shape, data }) => {
  const read = dtype === 'float16' ? fromFloat16 : dtype === 'bfloat16' ? fromBfloat16 : Number;
  return { dtype, shape, data: dtype === 'string' ? [...data] : Array.from(data, read) };
};
const mapped = (record, f) => Object.fromEntries(Object.entries(record).map(([k, v]) => [k, f(v)]));
const plain = (node) =>
  isH5Dataset(node)
    ? { ...value(node), attributes: mapped(node.attributes, value) }
    : { attributes: mapped(node.attributes, value), children: mapped(node.children, plain) };

const hasLargeAttribute = ({ attributes, children = {} }) =>
  Object.values(attributes).some(({ data }) => data.length > 400) || Object.values(children).some(hasLargeAttribute);

const folder = process.argv[2];
let [right, wrong] = [0, 0];
const refused = new Map();
for (const name of readdirSync(folder).filter((f) => f.endsWith('.h5'))) {
  try {
    const tree = await readHdf5(new Uint8Array(readFileSync(join(folder, name))));
    const expected = JSON.parse(readFileSync(join(folder, name.replace('.h5', '.json')), 'utf8'));
    const isRight = isDeepStrictEqual(plain(tree), expected);
    // An attribute of more than 64 KiB needs a heap, which the writer does not make.
    const again = isRight && !hasLargeAttribute(expected) && (await readHdf5(await writeHdf5(tree)));
    if (isRight && (!again || isDeepStrictEqual(plain(again), expected))) right++;
    else if (++wrong) console.log('other values:', name);
  } catch (error) {
    const reason = error.message.split('\n')[0].replace(/^HDF5 \S+.*?: /, '');
    refused.set(reason, [...(refused.get(reason) ?? []), name]);
  }
}
for (const [reason, names] of refused) console.log(`${names.length} refused (${names[0]}): ${reason}`);
console.log(`${right} right, ${wrong} wrong`);
await vite.close();
