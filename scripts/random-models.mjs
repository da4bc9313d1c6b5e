// Trains random models on the wasm device and on the reference: npm run test:models -- --seed 1 --count 1000 --threads 2,3,4,7
// or one that failed, from a file with its description: npm run test:models -- --model failed.json
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '1,2,3,4,7' },
    layers: { type: 'string', default: '12' },
    model: { type: 'string' },
  },
});
const path = fileURLToPath(new URL('../test/random-models/run.ts', import.meta.url));
const { run } = (await runnerImport(path)).module;
const failures = await run({
  seed: Number(values.seed),
  count: Number(values.count),
  threads: values.threads.split(',').map(Number),
  layers: Number(values.layers),
  model: values.model && JSON.parse(readFileSync(values.model, 'utf8')),
});
process.exit(failures > 0 ? 1 : 0);
