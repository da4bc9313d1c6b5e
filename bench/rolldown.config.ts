import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { hornbeam: 'bench/engines/entry.ts' },
  platform: 'neutral',
  external: /^[^./]/,
  output: { dir: 'bench/build', minify: 'dce-only', comments: { legal: false, jsdoc: false, annotation: true } },
});
