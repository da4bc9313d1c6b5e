import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const include = (kind: string): string[] =>
  ['src', 'test', 'examples'].map((folder) => `${folder}/**/*${kind}.test.ts`);
const mocked = include('.mocked');

export default defineConfig({
  resolve: { alias: { hornbeam: fileURLToPath(new URL('./src/index.ts', import.meta.url)) } },
  test: {
    testTimeout: 60_000,
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
