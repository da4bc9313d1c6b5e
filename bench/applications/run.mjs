// How long does it take until an application predicts? Each case in a fresh process: `node bench/applications/run.mjs [rounds]` (after
// `npm run build`).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const library = new URL('../../dist/node/index.js', import.meta.url).href;
const rounds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'hornbeam-applications-'));
const weights = join(folder, 'resnet50.weights.h5');

/** What a process does before it is timed, and what is timed. */
const cases = {
  'import of the library': ['', `await import('${library}')`],
  'building ResNet50': [`const k = await import('${library}');`, 'k.applications.ResNet50({ weights: null })'],
  'building EfficientNetV2L': [
    `const k = await import('${library}');`,
    'k.applications.EfficientNetV2L({ weights: null })',
  ],
  'reading the weights of ResNet50 (102 MB)': [
    `const k = await import('${library}'); const m = k.applications.ResNet50({ weights: null });`,
    `await m.loadWeights('${weights}')`,
  ],
  'first prediction of ResNet50 at 224, weights read': [
    `const k = await import('${library}'); const m = await k.applications.ResNet50({ weights: '${weights}' }); const x = k.ops.ones([1, 224, 224, 3]);`,
    'await (await m.predict(x, { verbose: 0 })).data()',
  ],
  'all of that, from the start of the process': [
    '',
    `const k = await import('${library}'); const m = await k.applications.ResNet50({ weights: '${weights}' });
     await (await m.predict(k.ops.ones([1, 224, 224, 3]), { verbose: 0 })).data()`,
  ],
  'one training step of ResNet50 at 224, batch 4': [
    `const k = await import('${library}'); const m = k.applications.ResNet50({ weights: null });
     m.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy' });`,
    "await m.trainOnBatch(k.ops.ones([4, 224, 224, 3]), k.ops.zeros([4], { dtype: 'int32' }))",
  ],
};

const run = (before, timed) => {
  const code = `${before}
    const cpu = process.cpuUsage(); const start = performance.now();
    ${timed};
    const ms = performance.now() - start; const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, mb: process.resourceUsage().maxRSS / 1024 }));
    process.exit(0);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
};

try {
  const { applications } = await import(library);
  await applications.ResNet50({ weights: null }).saveWeights(weights);
  console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0].toFixed(1)}\n`);
  console.log('| case | ms, median (min to max) | CPU ms, min | peak MB |\n|---|---:|---:|---:|');
  for (const [name, [before, timed]] of Object.entries(cases)) {
    const all = Array.from({ length: rounds }, () => run(before, timed));
    const ms = all.map((r) => r.ms).sort((a, b) => a - b);
    const [low, middle, high] = [ms[0], ms[ms.length >> 1], ms.at(-1)].map(Math.round);
    const cpu = Math.round(Math.min(...all.map((r) => r.cpu)));
    console.log(
      `| ${name} | ${middle} (${low} to ${high}) | ${cpu} | ${Math.round(Math.max(...all.map((r) => r.mb)))} |`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
