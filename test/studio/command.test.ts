import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../../src/cli/commands.ts';
import * as keras from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-studio-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function hornbeam(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const streams = {
    out: (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
  };
  return { code: await run(args, { ...streams, columns: 80 }), ...written };
}

it('serves a file until it is ended, prints its address alone, and writes it as a page', async () => {
  const file = join(folder, 'small.keras');
  await new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense({ units: 1 })]).save(file);
  const { code, out, err } = await hornbeam('studio', file);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{24}$/);
  const page = await (await fetch(out)).text();
  expect(page).toContain('<title>small.keras · Hornbeam studio</title>');
  const written = join(folder, 'small.html');
  expect(await hornbeam('plot', file, '--to', written)).toMatchObject({ code: 0, err: '' });
  expect(readFileSync(written, 'utf8')).toContain('"className":"Dense"');
});

it('says what is wrong with a command line', async () => {
  expect(await hornbeam('studio')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is missing') });
  expect(await hornbeam('studio', 'x', '--port', '70000')).toMatchObject({
    code: 2,
    err: expect.stringContaining('65535'),
  });
  const none = await hornbeam('studio', join(folder, 'none.keras'));
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('none.keras')]);
});
