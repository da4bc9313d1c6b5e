import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { Plugin, RolldownOptions } from 'rolldown';

const { resolve } = createRequire(import.meta.url);

/** Escapes what is not ASCII: engines read text of one byte a character a third faster, which the start of the library feels. */
const ascii: Plugin = {
  name: 'ascii',
  // Last of all: the minifier would write the characters themselves again.
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      // Packages carry binary data in strings, which escapes would swell.
      if (file.type !== 'chunk' || file.moduleIds.some((id) => id.includes('node_modules'))) continue;
      file.code = file.code.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** Puts files that the code names by `new URL('package/file', import.meta.url)` beside the bundle. */
const packageFiles: Plugin = {
  name: 'package-files',
  transform: {
    filter: { code: /new URL\(\s*'@/ },
    handler(code) {
      return code.replace(/(?<=new URL\(\s*')(@[^']+)(?=',\s*import\.meta\.url)/g, (name) => {
        const fileName = `assets/${basename(name)}`;
        this.emitFile({ type: 'asset', fileName, source: readFileSync(resolve(name)) });
        return `./${fileName}`;
      });
    },
  },
};

/** One file for Node and for bundlers: readable, with the packages it depends on left to be found by their names. */
export const nodeBundle = (input: Record<string, string>, dir: string): RolldownOptions => ({
  input,
  platform: 'neutral',
  external: /^[^./]/,
  plugins: [ascii],
  output: { dir, minify: 'dce-only', comments: { legal: false, jsdoc: false, annotation: true } },
});

/** Files for a page without a bundler: small, whole, with the packages in files of their own that load when they are needed. */
export const browserBundle = (input: Record<string, string>, dir: string): RolldownOptions => ({
  input,
  platform: 'browser',
  // Only where they run in Node do packages ask for its modules.
  external: ['module', /^node:/],
  plugins: [packageFiles, ascii],
  output: {
    dir,
    cleanDir: true,
    chunkFileNames: '[name]-[hash].js',
    // A layer's name on disk is the name of its class.
    minify: { compress: true, mangle: { keepNames: { class: true, function: false } }, codegen: true },
  },
});
