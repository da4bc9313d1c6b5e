import { command } from './command.ts';
import { contentsOf, type FileContents, type WeightEntry } from './file-contents.ts';
import { bytesText, columnsOf, grouped } from './text-columns.ts';

/** `hornbeam inspect`: the contents of a file. Its classes are not needed, because no model is made. */
export const inspect = command({
  name: 'inspect',
  words: ['FILE'],
  about: 'Prints the contents of a file: format, metadata, layers with their options, weights as a tree, sizes.',
  notes:
    'FILE is a .keras, .h5 or .weights.h5 file, a folder in the layout of .keras, or a config (.json). Classes of your own are not needed.',
  options: {
    json: { type: 'boolean', doc: 'everything, the whole config included, as JSON' },
    config: { type: 'boolean', doc: 'the config alone, as JSON' },
  },
  async run({ words: [file], values }, { out, columns }) {
    const contents = await contentsOf(file);
    if (values.config) out(JSON.stringify(contents.config ?? null, undefined, 2));
    else if (values.json) out(JSON.stringify(contents, undefined, 2));
    else out(textOf(contents, columns));
  },
});

function textOf({ format, fileBytes, metadata, config, weights, members }: FileContents, width: number): string {
  const params = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const bytes = weights.reduce((sum, entry) => sum + entry.bytes, 0);
  const about = [
    ['format', format],
    ['size', `${bytesText(fileBytes)}, of weights ${bytesText(bytes)} (${grouped(params)} numbers)`],
    ...Object.entries(metadata).map(([name, value]) => [name, short(value)]),
    ...(config ? [['model', `${name(config)}`]] : []),
    ...Object.entries(members).map(([name, size]) => [`  ${name}`, bytesText(size)]),
  ];
  const parts = [columnsOf(about, { width })];
  const layers = layersOf(config);
  if (layers.length > 0)
    parts.push(
      `Layers\n${columnsOf(
        layers.map((row) => row.map((cell, k) => (k === 0 ? `  ${cell}` : cell))),
        { width },
      )}`,
    );
  if (weights.length > 0) parts.push(`Weights\n${tree(weights, width)}`);
  return parts.join('\n\n');
}

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);
const short = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const name = (config: Readonly<Record<string, unknown>>): string => {
  const inner = isRecord(config['config']) ? config['config'] : {};
  return `${String(inner['name'] ?? '')} (${String(config['class_name'] ?? '?')})`;
};

/** The layers in a config: name, class, and options that are numbers, texts or lists of these. */
function layersOf(config: Readonly<Record<string, unknown>> | undefined): string[][] {
  const inner = isRecord(config?.['config']) ? config['config'] : undefined;
  const layers = Array.isArray(config?.['config']) ? config['config'] : inner?.['layers'];
  if (!Array.isArray(layers)) return [];
  return layers.filter(isRecord).map((layer) => {
    const own = isRecord(layer['config']) ? layer['config'] : {};
    const options = Object.entries(own).filter(
      ([key, value]) => !['name', 'trainable', 'dtype', 'layers'].includes(key) && isPlain(value),
    );
    const set = options.map(([key, value]) => `${key}=${short(value)}`).join(' ');
    return [String(own['name'] ?? layer['name'] ?? '?'), String(layer['class_name'] ?? '?'), set];
  });
}
const isPlain = (value: unknown): boolean =>
  value !== null && value !== false && (Array.isArray(value) ? value.every((v) => !isRecord(v)) : !isRecord(value));

/** Weights by group, with shapes, dtypes and sizes. */
function tree(weights: readonly WeightEntry[], width: number): string {
  const rows: string[][] = [];
  let open: readonly string[] = [];
  for (const { path, layer, shape, dtype, bytes } of weights) {
    const groups = path.split('/');
    const last = groups.pop() ?? '';
    let same = 0;
    while (same < groups.length && groups[same] === open[same]) same++;
    for (let k = same; k < groups.length; k++) {
      const isNamed =
        layer !== undefined && layer !== groups[k] && k === groups.length - (groups.at(-1) === 'vars' ? 2 : 1);
      rows.push([`${'  '.repeat(k + 1)}${groups[k]}${isNamed ? ` "${layer}"` : ''}`, '', '', '']);
    }
    open = groups;
    rows.push([`${'  '.repeat(groups.length + 1)}${last}`, `(${shape.join(', ')})`, dtype, bytesText(bytes)]);
  }
  return columnsOf(rows, { width, align: ['left', 'left', 'left', 'right'] });
}
