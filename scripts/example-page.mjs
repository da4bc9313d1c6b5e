// Builds a page of examples/ and serves it on this machine, cross-origin isolated: node scripts/example-page.mjs browser-digits
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const load = async (name) => (await runnerImport(fileURLToPath(new URL(name, import.meta.url)))).module;
const { buildExamplePage } = await load('example-page.ts');
const { isolation, serve } = await load('serve.ts');
const name = process.argv[2];
const folder = `examples/build/${name}`;
await buildExamplePage(name, folder);
const { url } = await serve(folder, isolation, Number(process.env['PORT'] ?? 8080));
console.log(`examples/${name} is at ${url} (Ctrl-C ends it)`);
