import { gzipSync } from 'node:zlib';
import { runnerImport } from 'vite';
import { rolldown } from 'rolldown';
const { browserBundle } = (await runnerImport(process.cwd()+'/scripts/bundle.ts')).module;
const { output, ...options } = browserBundle({ index: 'src/index.ts' }, 'dist/browser');
const b = await rolldown(options); const { output: files } = await b.generate(output);
const chunks = new Map(files.filter(f=>f.type==='chunk').map(f=>[f.fileName,f]));
const core = new Set(['index.js']); for (const n of core) for (const d of chunks.get(n).imports) core.add(d);
let sum=0; for (const n of core) { const c=chunks.get(n); const z=gzipSync(c.code).length; sum+=z; console.log(n, z); }
console.log(sum);
if (process.argv[2]) for (const n of core) for (const [id,m] of Object.entries(chunks.get(n).modules)) if (new RegExp(process.argv[2]).test(id)) console.log(n, id.split('/src/')[1], m.renderedLength);
for (const n of ['sources.js','preprocessing.js']) console.log(n, gzipSync(chunks.get(n).code).length, chunks.get(n).imports.join(' '));
