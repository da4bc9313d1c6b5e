// Reads damaged files until something else comes than a model or a HornbeamError:
// npm run fuzz -- --seed S --count N [--from K] [--format keras|h5|weights|safetensors|hdf5|json|npy|coco|events|tfjs|onnx]
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'a' },
    count: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    format: { type: 'string', multiple: true },
  },
});
const file = fileURLToPath(new URL('../test/fuzz/run.ts', import.meta.url));
const { bundleChild, formats, fuzz } = (await runnerImport(file)).module;
const child = await bundleChild();
const places = new Map();
const count = Number(values.count);
const found = ({ format, at, wrong }) => {
  // One place of the code is one fault, however many inputs find it.
  const place = wrong
    .split('\n')
    .slice(0, 3)
    .join('\n')
    .replace(/"[^"]*"/g, '""');
  places.set(place, (places.get(place) ?? 0) + 1);
  if (places.get(place) === 1) console.log(`${format} ${at}: ${wrong}\n`);
};
let wrong = 0;
for (const format of values.format ?? formats) {
  const begun = performance.now();
  const findings = await fuzz(child, values.seed, count, { only: [format], from: Number(values.from), found });
  const rate = Math.round((1000 * count) / (performance.now() - begun));
  console.log(`${format}: ${count} inputs, ${rate} in a second, ${findings.length} wrong`);
  wrong += findings.length;
}
rmSync(child, { force: true });
console.log(`${wrong} wrong, in ${places.size} places`);
process.exitCode = wrong > 0 ? 1 : 0;
