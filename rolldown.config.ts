import { copyFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { browserBundle } from './scripts/bundle.ts';
import { nodeBundle, sampleThread } from './scripts/node-bundle.ts';
import { shareCarried } from './scripts/share-carried.ts';

const bundle = browserBundle({ index: 'src/index.ts' }, 'dist/browser');
const notices = {
  name: 'notices',
  writeBundle: () => copyFileSync('dist/browser/THIRD-PARTY-NOTICES', 'THIRD-PARTY-NOTICES'),
};

export default defineConfig([
  { ...bundle, plugins: [bundle.plugins, shareCarried('dist'), notices] },
  nodeBundle('dist/node'),
  sampleThread('dist/node'),
]);
