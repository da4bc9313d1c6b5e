import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('names test files that replace modules .mocked.test.ts: others share their process', () => {
  const files = ['src', 'test', 'examples']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((file) => file.endsWith('.test.ts') && /\bvi\.(doM|m)ock\(/.test(readFileSync(file, 'utf8')));
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !file.endsWith('.mocked.test.ts'))).toEqual([]);
});
