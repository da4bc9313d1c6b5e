import { dirname, join } from 'node:path';
import type { Plugin, RolldownOptions } from 'rolldown';
import { ascii, carried } from './bundle.ts';

/** Leaves to the files for pages, in the folder beside, what they carry. */
const beside: Plugin = {
  name: 'beside',
  resolveId(id) {
    const name =
      Object.keys(carried).find((name) => carried[name] === id) ?? /\/(package-file|page-script)\.ts$/.exec(id)?.[1];
    return name && { id: `../browser/${name}.js`, external: true };
  },
};

/** What threads load that decode images and sounds: a file that takes little of the library along. */
export const sampleThread = (dir: string): RolldownOptions => ({
  input: { 'sample-thread': 'src/utils/folders/sample-thread.ts' },
  platform: 'node',
  plugins: [beside, ascii],
  output: { dir, codeSplitting: false, comments: { legal: true, annotation: true, jsdoc: false } },
});

const publicFile = (name: string): string => `src/public/${name}.ts`;
/** Namespaces that are read when they are first asked for what the core has not (`src/public/node-namespaces.ts`). */
const later: Readonly<Record<string, string>> = {
  applications: publicFile('applications'),
  callbacks: publicFile('callbacks'),
  coco: 'src/coco/index.ts',
  data: publicFile('data'),
  datasets: 'src/datasets/index.ts',
  distillation: 'src/distillation/index.ts',
  distribution: publicFile('distribution'),
  dtypePolicies: publicFile('dtype-policies'),
  layers: publicFile('layers'),
  preprocessing: publicFile('keras-preprocessing'),
  quantizers: publicFile('quantizers'),
  saving: publicFile('saving'),
  utils: publicFile('utils'),
  visualization: publicFile('visualization'),
};
const face: Plugin = {
  name: 'face',
  resolveId: (id, importer) =>
    id === './public/namespaces.ts' && importer
      ? join(dirname(importer), publicFile('node-namespaces').slice(4))
      : undefined,
};

/** Tells which modules the first file holds: those that the library takes along at once, commands aside. */
function firstFile(): { readonly plugin: Plugin; readonly holds: (id: string) => boolean } {
  const imports = new Map<string, readonly string[]>();
  const held = new Set<string>();
  const hold = (id: string): void => {
    if (held.has(id)) return;
    held.add(id);
    imports.get(id)?.forEach(hold);
  };
  return {
    plugin: { name: 'first-file', moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) },
    holds: (id) => {
      if (held.size === 0) hold([...imports.keys()].find((id) => /[\\/]src[\\/]index\.ts$/.test(id))!);
      return held.has(id) || /^\0rolldown/.test(id);
    },
  };
}

/**
 * The library for Node: one file that is read at once, and a few for what is used later, where some 800 modules would take
 * longer to find than to run. It is left readable, so that stack traces and breakpoints can be followed.
 */
export function nodeBundle(dir: string): RolldownOptions {
  const first = firstFile();
  const namespaces = Object.entries(later).map(([name, file]) => [`namespace-${name}`, file]);
  return {
    input: {
      index: 'src/index.ts',
      hornbeam: 'src/cli/hornbeam.ts',
      'machine-code': 'src/devices/native/device.ts',
      ...Object.fromEntries(namespaces),
    },
    platform: 'node',
    plugins: [face, beside, first.plugin, ascii],
    output: {
      codeSplitting: { groups: [{ name: 'core', test: first.holds }] },
      dir,
      cleanDir: true,
      comments: { legal: true, annotation: true, jsdoc: false },
      chunkFileNames: '[name].js',
    },
  };
}
