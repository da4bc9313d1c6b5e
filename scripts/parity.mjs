// Writes docs/parity.md: which of Keras's public names, members and parameters are here. Run with `npm run parity`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { runnerImport } from 'vite';

const root = new URL('../', import.meta.url);
const load = async (path) => (await runnerImport(fileURLToPath(new URL(path, root)))).module;
const data = (file) => JSON.parse(gunzipSync(readFileSync(new URL(`test/data/${file}`, root))).toString());
const { pageOf } = await load('scripts/parity-page.ts');
const { compareMembers } = await load('scripts/parity-members.ts');
const { publicClasses } = await load('scripts/public-members.ts');
const members = compareMembers(data('members.json.gz'), publicClasses());
writeFileSync(new URL('docs/parity.md', root), pageOf(data('names.json.gz'), await load('src/index.ts'), members));
