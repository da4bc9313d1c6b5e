import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, expect, test } from 'vitest';
import * as keras from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-'));
const home = join(folder, 'node_modules', 'hornbeam');
const hornbeam = (...args: string[]) =>
  spawnSync(process.execPath, [join(home, 'hornbeam.js'), ...args], { cwd: folder, encoding: 'utf8' });

/** The library and its command as a package installs them: both with the same modules. */
beforeAll(async () => {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync('node_modules'))
    if (name !== 'hornbeam' && !name.startsWith('.'))
      symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  const bundle = await rolldown({
    input: { index: 'src/index.ts', hornbeam: 'src/cli/hornbeam.ts' },
    platform: 'node',
    external: /^[^./]/,
  });
  await bundle.write({ dir: home });
  await bundle.close();
  writeFileSync(join(home, 'package.json'), '{"name":"hornbeam","type":"module","exports":"./index.js"}');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}, 120_000);

test('the built command prints the table, and ends with 1 and a reason when it cannot', () => {
  const row = { image_id: 1, category_id: 1, bbox: [0, 0, 10, 10] };
  const set = { images: [{ id: 1 }], categories: [{ id: 1, name: 'x' }], annotations: [{ ...row, id: 1, area: 100 }] };
  writeFileSync(join(folder, 'gt.json'), JSON.stringify(set));
  writeFileSync(join(folder, 'dt.json'), JSON.stringify([{ ...row, score: 1 }]));
  const good = hornbeam('coco-eval', '--gt', 'gt.json', '--dt', 'dt.json');
  expect([good.status, good.stderr]).toEqual([0, '']);
  expect(good.stdout).toContain('Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000\n');
  const bad = hornbeam('coco-eval', '--gt', 'dt.json', '--dt', 'dt.json');
  expect([bad.status, bad.stdout]).toEqual([1, '']);
  expect(bad.stderr).toContain('dt.json');
  expect(hornbeam('coco-eval', '--gt').status).toBe(2);
});

test('a model with a class of its own is read with --import, whether it is registered or exported', async () => {
  class Twice extends keras.Layer {
    static override readonly className: string = 'Twice';
    override call(x: keras.Tensor): keras.Tensor {
      return keras.ops.multiply(x, 2);
    }
  }
  const inputs = keras.Input({ shape: [1] });
  await new keras.Model({ inputs, outputs: new Twice()(inputs) }).save(join(folder, 'twice.keras'));
  const source = 'export class Twice extends keras.Layer { call(x) { return keras.ops.multiply(x, 2); } }\n';
  writeFileSync(join(folder, 'exported.js'), `import * as keras from 'hornbeam';\n${source}`);
  writeFileSync(
    join(folder, 'registered.js'),
    `import * as keras from 'hornbeam';\n${source.replace('export ', '')}keras.saving.registerKerasSerializable(Twice);\n`,
  );
  writeFileSync(join(folder, 'x.json'), '[[3]]');
  const predict = (...args: string[]) => hornbeam('predict', 'twice.keras', '--input', 'x.json', ...args);
  expect(predict('--import', './exported.js')).toMatchObject({ status: 0, stdout: '[[6]]\n', stderr: '' });
  const without = predict();
  expect([without.status, without.stdout]).toEqual([1, '']);
  expect(without.stderr).toContain('Twice');
  expect(without.stderr).toContain('--import ./my-layers.js');
  expect(predict('--import', './none.js')).toMatchObject({ status: 1, stderr: expect.stringContaining('none.js') });
  // What a file holds can be seen without its classes.
  expect(hornbeam('inspect', 'twice.keras').stdout).toContain('Twice');
}, 60_000);
