import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

test('the built command prints the table, and ends with 1 and a reason when it cannot', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hornbeam-'));
  const input = { cli: 'src/cli/hornbeam.ts' };
  const bundle = await rolldown({ input, platform: 'neutral', external: /^[^./]/ });
  await bundle.write({ dir: folder });
  await bundle.close();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const row = { image_id: 1, category_id: 1, bbox: [0, 0, 10, 10] };
  const set = { images: [{ id: 1 }], categories: [{ id: 1, name: 'x' }], annotations: [{ ...row, id: 1, area: 100 }] };
  writeFileSync(join(folder, 'gt.json'), JSON.stringify(set));
  writeFileSync(join(folder, 'dt.json'), JSON.stringify([{ ...row, score: 1 }]));
  const hornbeam = (...args: string[]) =>
    spawnSync(process.execPath, ['cli.js', ...args], { cwd: folder, encoding: 'utf8' });
  const good = hornbeam('coco-eval', '--gt', 'gt.json', '--dt', 'dt.json');
  expect([good.status, good.stderr]).toEqual([0, '']);
  expect(good.stdout).toContain('Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000\n');
  const bad = hornbeam('coco-eval', '--gt', 'dt.json', '--dt', 'dt.json');
  expect([bad.status, bad.stdout]).toEqual([1, '']);
  expect(bad.stderr).toContain('dt.json');
});
