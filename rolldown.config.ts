import { defineConfig } from 'rolldown';
import { browserBundle, nodeBundle } from './scripts/bundle.ts';

const input = { index: 'src/index.ts' };

export default defineConfig([
  nodeBundle(input, 'dist'),
  nodeBundle({ cli: 'src/cli/hornbeam.ts' }, 'dist'),
  browserBundle(input, 'dist/browser'),
]);
