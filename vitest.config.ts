import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { studioPlugin } from './scripts/studio-page.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const include = (kind: string): string[] =>
  ['src', 'test', 'examples', 'website'].map((folder) => `${folder}/**/*${kind}.test.ts`);
const mocked = include('.mocked');

export default defineConfig({
  // Where a test asks for the studio's page, it is bundled.
  plugins: [studioPlugin],
  resolve: {
    alias: [
      { find: /^hornbeam$/, replacement: at('./src/index.ts') },
      // Threads of Node 20 read no TypeScript: tests make a file of what they load.
      { find: /^.*\/thread-file\.ts$/, replacement: at('./test/sample-thread-file.ts') },
    ],
  },
  test: {
    testTimeout: 60_000,
    // Pages answer late on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
    maxWorkers: 2,
    setupFiles: ['test/setup.ts'],
    // In processes that tests start, too.
    env: { HORNBEAM_VERIFY: '1' },
    // Files share the modules of their process: each would read the whole library anew. What replaces modules has its own.
    projects: [
      { extends: true, test: { name: 'tests', include: include(''), exclude: mocked, isolate: false } },
      { extends: true, test: { name: 'mocked', include: mocked } },
    ],
  },
});
