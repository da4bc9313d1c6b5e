import { afterEach, expect, test, vi } from 'vitest';
import { ProgressLine } from './progress-line.ts';

const terminal = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
afterEach(() => {
  Object.assign(process.stdout, terminal);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What a terminal of the given width shows after all that was written: its lines. */
function screen(written: string, columns: number): string[] {
  const lines = [''];
  let at = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [piece] of written.matchAll(/\x1b\[[0-9;]*[mK]|\r|\n|./gsu)) {
    if (piece === '\r') at = 0;
    else if (piece === '\n' || (piece[0] !== '\x1b' && at === columns)) {
      lines.push('');
      at = 0;
    }
    if (piece === '\x1b[K') lines[lines.length - 1] = lines.at(-1)!.slice(0, at);
    if (piece[0] === '\x1b' || piece === '\r' || piece === '\n') continue;
    const line = lines.at(-1)!;
    lines[lines.length - 1] = line.slice(0, at) + piece + line.slice(at + 1);
    at++;
  }
  return lines;
}

test.each([20, 40, 60, 100])(
  'a bar with many metrics stays one line in a terminal of %i columns until it ends',
  (columns) => {
    Object.assign(process.stdout, { isTTY: true, columns });
    vi.stubEnv('COLUMNS', '');
    let written = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
    const bar = new ProgressLine(10, { interval: 0 });
    const logs = { loss: 0.5, accuracy: 0.25, top_k_categorical_accuracy: 0.125, meanAbsoluteError: 1e-5 };
    for (let k = 1; k <= 10; k++) bar.update(k, logs);
    expect(screen(written, columns)).toHaveLength(1);
    expect(screen(written, columns)[0]).toMatch(/^10\/10 /);
    bar.finish(10, logs);
    const all = screen(written, columns).join('');
    expect(all).toMatch(/^10\/10 ━{20} .*loss: 0\.5000 - .*meanAbsoluteError: 1\.0000e-05$/);
  },
);
