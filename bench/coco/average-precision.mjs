// How long does COCO average precision take for a set of the size of COCO's val2017 (5000 images, 80 classes, 37172
// objects, 256107 detections), and how much memory? Run with `npm run build && node bench/coco/average-precision.mjs`.
// The reference needs 23.3 s of processor time for this set (pycocotools 2.0.11, evaluate and accumulate, one core) and
// 680 MB; `--reference-seconds=N` replaces its time by one measured on the machine at hand.
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const rounds = 9;
const root = new URL('../../', import.meta.url);
const here = fileURLToPath(import.meta.url);

/** Makes the set in this process, so that the one that measures holds nothing but the columns. */
async function main() {
  const { runnerImport } = await import('vite');
  const load = async (path) => (await runnerImport(fileURLToPath(new URL(path, root)))).module;
  const { readCases } = await load('test/conformance/coco-cases.ts');
  const { generateSet, columnsOf } = await load('test/conformance/coco-rule.ts');
  const { rule } = readCases('coco_large').cases.find(({ id }) => id === 'coco-rule-val');
  const child = fork(here, ['--measure'], { serialization: 'advanced' });
  child.send({ data: columnsOf(generateSet(rule)), categoryIds: rule.class_ids });
  child.once('message', report);
}

async function measure({ data, categoryIds }) {
  const { coco } = await import(new URL('dist/index.js', root));
  const before = process.memoryUsage.rss();
  const runs = Array.from({ length: rounds }, () => {
    const start = performance.now();
    const cpu = process.cpuUsage();
    const { stats } = coco.evaluate(data, { categoryIds });
    const { user, system } = process.cpuUsage(cpu);
    return { wall: performance.now() - start, processor: (user + system) / 1000, ap: stats[0] };
  });
  process.send({ runs, before, peak: process.resourceUsage().maxRSS * 1024 }, () => process.disconnect());
}

function report({ runs, before, peak }) {
  const argument = process.argv.find((text) => text.startsWith('--reference-seconds='));
  const reference = argument ? Number(argument.split('=')[1]) : 23.3;
  const line = (name, values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const [minimum, median, maximum] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
    console.log(
      `${name}: minimum ${minimum.toFixed(0)} ms, median ${median.toFixed(0)} ms, maximum ${maximum.toFixed(0)} ms`,
    );
    return median;
  };
  console.log(`${cpus()[0].model.trim()}, Node ${process.version}, ${rounds} rounds in one process, first included`);
  line(
    'wall time',
    runs.map(({ wall }) => wall),
  );
  const median = line(
    'processor time, all threads',
    runs.map(({ processor }) => processor),
  );
  console.log(`pycocotools: ${reference} s, ${((1000 * reference) / median).toFixed(1)} times the median`);
  console.log(
    `peak memory: ${(peak / 2 ** 20).toFixed(0)} MB, ${((peak - before) / 2 ** 20).toFixed(0)} MB beyond the loaded set`,
  );
  console.log(`AP ${runs[0].ap}`);
}

if (process.argv.includes('--measure')) process.once('message', measure);
else await main();
