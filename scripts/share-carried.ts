import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { carried } from './bundle.ts';

const bundles = ['browser', 'node'].map((name) => join(name, '/'));

/**
 * Lets the modules that TypeScript wrote into a folder use what the bundle in its `browser` carries: the package then holds the
 * work of others once, needs no other package, and every bundler finds everything.
 */
export const shareCarried = (folder: string): Plugin => ({
  name: 'share-carried',
  writeBundle() {
    const inBrowser = (file: string, name: string): string =>
      `./${relative(dirname(file), join(folder, 'browser', name)).replaceAll('\\', '/')}.js`;
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, path);
      if (!file.endsWith('.js') || bundles.some((bundle) => path.startsWith(bundle))) continue;
      const code = readFileSync(file, 'utf8');
      let shared = code;
      for (const [name, specifier] of Object.entries(carried))
        shared = shared.replaceAll(`import('${specifier}')`, `import('${inBrowser(file, name)}')`);
      if (file.endsWith(join('formats', 'package-file.js')))
        shared = `export { packageFile } from '${inBrowser(file, 'package-file')}';\n`;
      if (file.endsWith(join('studio', 'page-script.js')))
        shared = `export { pageScript } from '${inBrowser(file, 'page-script')}';\n`;
      if (shared !== code) writeFileSync(file, shared);
    }
  },
});
