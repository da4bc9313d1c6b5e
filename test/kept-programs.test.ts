import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { widthsHere } from '../src/devices/native/testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-kept-'));
beforeAll(async () => {
  const bundle = await rolldown({ input: { job: 'test/kept-programs-job.ts' }, platform: 'node', external: /^[^./]/ });
  await bundle.write({ dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  await bundle.close();
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync('node_modules'))
    if (!name.startsWith('.')) symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (device: string, layer: string, cache?: string) => {
  const { HORNBEAM_CACHE: _, HORNBEAM_VERIFY: __, ...env } = process.env;
  const text = execFileSync(process.execPath, [join(folder, 'job.mjs'), device, layer], {
    encoding: 'utf8',
    env: { ...env, ...(cache !== undefined && { HORNBEAM_CACHE: cache }) },
  });
  const { read, written, layers, ...values } = JSON.parse(text);
  return { read, written, layers, values };
};

describe.each(['wasm', ...(widthsHere().length > 0 ? ['native'] : [])])('HORNBEAM_CACHE on %s', (device) => {
  it('lets a second process make no program, with the same numbers to the bit', { timeout: 120_000 }, () => {
    const cache = join(folder, `cache of ${device}`);
    const without = run(device, 'first');
    expect([without.read, without.written]).toEqual([0, 0]);
    const first = run(device, 'first', cache);
    expect(first.written).toBeGreaterThan(5);
    expect(first.values).toEqual(without.values);
    expect(first.layers).toContain('sequential/first');
    const second = run(device, 'second', cache);
    expect([second.read, second.written]).toEqual([first.written, 0]);
    expect(second.values).toEqual(without.values);
    expect(second.layers).toEqual(first.layers.map((path: string) => path.replace('first', 'second')));
    // What is damaged is made again.
    const names = readdirSync(cache);
    for (const [k, name] of names.entries()) {
      const bytes = readFileSync(join(cache, name));
      bytes[bytes.length - 1 - k]! ^= 255;
      writeFileSync(join(cache, name), bytes);
    }
    const third = run(device, 'first', cache);
    expect(third.written).toBe(names.length);
    expect(third.values).toEqual(without.values);
  });
});
