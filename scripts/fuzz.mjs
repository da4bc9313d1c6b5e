// Reads damaged files until something else comes than a model or a HornbeamError:
// npm run fuzz -- --seed S --count N [--from K] [--format keras|h5|weights|hdf5|json|npy|coco]
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
const findings = await fuzz(child, values.seed, Number(values.count), {
  only: values.format ?? formats,
  from: Number(values.from),
  found: ({ format, at, wrong }) => {
    // One place of the code is one fault, however many inputs find it.
    const place = wrong
      .split('\n')
      .slice(0, 3)
      .join('\n')
      .replace(/"[^"]*"/g, '""');
    places.set(place, (places.get(place) ?? 0) + 1);
    if (places.get(place) === 1) console.log(`${format} ${at}: ${wrong}\n`);
  },
});
rmSync(child, { force: true });
console.log(`${Number(values.count)} inputs of each format: ${findings.length} wrong, in ${places.size} places`);
process.exitCode = findings.length > 0 ? 1 : 0;
