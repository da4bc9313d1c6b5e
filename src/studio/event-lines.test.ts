import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SummaryWriter } from '../training/summary-writer.ts';
import { EventFile } from './event-lines.ts';
import type { StudioLine } from './protocol.ts';
import { Thinning } from './thinning.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the first values are shown in full, later ones ever more rarely, each name by itself', () => {
  const thinning = new Thinning();
  const shown = (name: string, count: number): number =>
    Array.from({ length: count }, () => thinning.keeps(name, 10)).filter(Boolean).length;
  expect(shown('loss', 10)).toBe(10);
  expect(shown('loss', 10)).toBe(5);
  expect(shown('loss', 20)).toBe(5);
  expect(shown('loss', 1_000_000)).toBeLessThan(100);
  expect(shown('accuracy', 10)).toBe(10);
});

test('curves of long logs are thinned, end where the log does, and go on from there', async () => {
  const writer = new SummaryWriter({ logDir: folder });
  for (let step = 0; step < 12_000; step++) await writer.scalar('loss', step, step);
  await writer.flush();
  const file = new EventFile(join(folder, readdirSync(folder)[0]!), 'long');
  const lines: StudioLine[] = [];
  await file.read((told) => lines.push(...told));
  const steps = () => lines.flatMap((line) => (line.kind === 'scalars' ? [line.step] : []));
  expect(steps().slice(0, 5000)).toEqual(Array.from({ length: 5000 }, (_, k) => k));
  expect(steps().length).toBeLessThan(8600);
  expect(steps().at(-1)).toBe(11_999);
  const before = lines.length;
  await file.read((told) => lines.push(...told));
  expect(lines.length).toBe(before);
  await writer.scalar('other', 1, 12_000);
  await writer.flush();
  await file.read((told) => lines.push(...told));
  expect(lines.slice(before)).toMatchObject([{ kind: 'scalars', step: 12_000, logs: { other: 1 } }]);
});
