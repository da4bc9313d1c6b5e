import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'coco-eval-'));
const square = [[10, 10, 30, 10, 30, 30, 10, 30]];
const annotations = {
  images: [{ id: 1, width: 64, height: 64 }],
  categories: [{ id: 7, name: 'leaf' }],
  annotations: [
    { id: 1, image_id: 1, category_id: 7, bbox: [10, 10, 20, 20], area: 400, iscrowd: 0, segmentation: square },
  ],
};
const found = { image_id: 1, category_id: 7, score: 0.9, bbox: [10, 10, 20, 18], segmentation: square };

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await run(args, {
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    columns: Number.POSITIVE_INFINITY,
  });
  return { code, ...written };
}
const gt = file('instances.json', annotations);
const dt = file('detections.json', [found]);

test('the table is that of pycocotools, for boxes and for masks', async () => {
  const { code, out, err } = await command('coco-eval', '--gt', gt, '--dt', dt);
  expect([code, err]).toEqual([0, '']);
  const lines = out.split('\n');
  expect(lines).toHaveLength(12);
  expect(lines[0]).toBe(' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.900');
  expect(lines[5]).toBe(' Average Precision  (AP) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000');
  expect(lines[6]).toBe(' Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.900');
  const masks = await command('coco-eval', '--gt', gt, '--dt', dt, '--type=segm');
  expect(masks.out.split('\n')[0]).toMatch(/= 1\.000$/);
});

test('a wrong file is refused with its name and the place in it', async () => {
  const bad = file('bad.json', [found, { ...found, bbox: [1, 2, 3] }]);
  const { code, out, err } = await command('coco-eval', '--gt', gt, '--dt', bad);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(bad);
  expect(err).toContain('[1].bbox');
  expect(await command('coco-eval', '--gt', join(folder, 'none.json'), '--dt', dt)).toMatchObject({ code: 1 });
  expect(await command('coco-eval', '--gt', file('cut.json', '{"images": ['), '--dt', dt)).toMatchObject({ code: 1 });
});

test('wrong command lines are explained', async () => {
  expect(await command('coco-eval', '--gt', gt)).toMatchObject({
    code: 2,
    err: expect.stringContaining('--dt is missing'),
  });
  expect((await command('coco-eval', '--gt', gt, '--dt', dt, '--type', 'boxes')).err).toContain('--type is "boxes"');
  expect(await command('coco-eval', '--truth', gt)).toMatchObject({ code: 2, err: expect.stringContaining('--truth') });
  expect((await command('coco-check')).err).toContain('there is no command "coco-check"');
  expect(await command()).toMatchObject({ code: 2 });
  expect(await command('--help')).toMatchObject({ code: 0, out: expect.stringContaining('coco-eval') });
  expect((await command('coco-eval', '-h')).out).toContain('--type TYPE');
});
