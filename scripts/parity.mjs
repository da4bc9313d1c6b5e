// Writes docs/parity.md: which of Keras's public names are here. Run with `npm run parity`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { runnerImport } from 'vite';

const root = new URL('../', import.meta.url);
const load = async (path) => (await runnerImport(fileURLToPath(new URL(path, root)))).module;
const names = JSON.parse(gunzipSync(readFileSync(new URL('test/data/names.json.gz', root))).toString());
const { pageOf } = await load('scripts/parity-page.ts');
writeFileSync(new URL('docs/parity.md', root), pageOf(names, await load('src/index.ts')));
