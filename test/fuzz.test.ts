import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { bundleChild, fuzz } from './fuzz/run.ts';

it('reads damaged files of every format, or refuses them with an error of its own', async () => {
  const child = await bundleChild();
  try {
    const findings = await fuzz(child, 'short', 30);
    expect(findings.map(({ format, at, wrong }) => `${format} ${at}: ${wrong}`)).toEqual([]);
  } finally {
    await rm(child, { force: true });
  }
}, 300_000);
