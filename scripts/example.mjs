// Runs an example that was compiled: `npm run example vae`.
import { existsSync, readdirSync } from 'node:fs';

const folder = new URL('../examples/build/', import.meta.url);
const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/main.js`, folder)));
const [name] = process.argv.slice(2);
if (names.includes(name)) await import(new URL(`${name}/main.js`, folder).href);
else {
  console.error(`${name ? `There is no example "${name}".` : 'Which one?'} npm run example ${names.join(' | ')}`);
  process.exitCode = 1;
}
