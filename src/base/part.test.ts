import { expect, it } from 'vitest';
import { HornbeamError } from './errors.ts';
import { part } from './part.ts';

it('gives the module, or says which files are missing', async () => {
  expect(await part('zip', async () => ({ x: 1 }))).toEqual({ x: 1 });
  const lost = part('plotModel', () =>
    Promise.reject(new TypeError('Failed to fetch dynamically imported module: /viz.js')),
  );
  await expect(lost).rejects.toThrow(HornbeamError);
  await expect(lost).rejects.toThrow(/^plotModel: .*viz\.js[\s\S]*Fix: put all files .* beside each other/);
});
