import type { Plugin, RolldownOptions } from 'rolldown';
import { ascii, carried, core } from './bundle.ts';

/** Leaves to the files for pages, in the folder beside, what they carry. */
const beside: Plugin = {
  name: 'beside',
  resolveId(id) {
    const name =
      Object.keys(carried).find((name) => carried[name] === id) ?? /\/(package-file|page-script)\.ts$/.exec(id)?.[1];
    return name && { id: `../browser/${name}.js`, external: true };
  },
};

/** What threads load that decode images: a file that takes little of the library along. */
export const imageThread = (dir: string): RolldownOptions => ({
  input: { 'image-thread': 'src/utils/folders/image-thread.ts' },
  platform: 'node',
  plugins: [beside, ascii],
  output: { dir, codeSplitting: false, comments: { legal: true, annotation: true, jsdoc: false } },
});

/**
 * The library for Node: one file that is read at once, and a few for what is used later, where some 800 modules would take
 * longer to find than to run. It is left readable, so that stack traces and breakpoints can be followed.
 */
export const nodeBundle = (dir: string): RolldownOptions => ({
  input: { index: 'src/index.ts', hornbeam: 'src/cli/hornbeam.ts' },
  platform: 'node',
  plugins: [beside, ascii],
  output: {
    ...core,
    dir,
    cleanDir: true,
    comments: { legal: true, annotation: true, jsdoc: false },
    chunkFileNames: '[name].js',
  },
});
