import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { Batch, Said } from './child.ts';

export const formats = [
  'keras',
  'h5',
  'weights',
  'safetensors',
  'hdf5',
  'json',
  'npy',
  'coco',
  'events',
  'tfjs',
  'onnx',
];
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}test/data`;
// Each input within these bounds; seconds without a sign of life, bytes in memory.
const patience = 60;
const mostMemory = 3 * 2 ** 30;
// A child is slow at first: only a warm one reads hundreds of inputs in a second.
const perChild = 20_000;

/** Bundles the child, so that a plain Node can run it. */
export async function bundleChild(): Promise<string> {
  const file = `${root}out/fuzz/child-${process.pid}.mjs`;
  const bundle = await rolldown({ input: `${root}test/fuzz/child.ts`, platform: 'neutral', external: /^[^./]/ });
  await bundle.write({ file, codeSplitting: false });
  await bundle.close();
  return file;
}

/** An input at which something else came than a model or a HornbeamError. */
export interface Finding {
  readonly format: string;
  readonly at: number;
  readonly wrong: string;
}

/** Feeds `count` inputs of each format to children, one after another; gives what went wrong. */
export async function fuzz(
  child: string,
  seed: string,
  count: number,
  { only = formats, from = 0, found = (_: Finding): void => {} } = {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const note = (finding: Finding): void => {
    findings.push(finding);
    found(finding);
  };
  for (const format of only)
    for (let at = from; at < from + count; ) {
      const batch = { folder, seed, format, from: at, to: Math.min(from + count, at + perChild) };
      at = await feed(child, batch, note);
    }
  return findings;
}

/** Runs a batch until it ends, or an input ends the child; gives where to go on. */
function feed(file: string, batch: Batch, note: (finding: Finding) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(file, {
      execArgv: ['--max-old-space-size=1024'],
      env: { ...process.env, HORNBEAM_THREADS: '1' },
      silent: true,
    });
    let at = batch.from;
    let heard = Date.now();
    let ending: string | undefined;
    let errors = '';
    child.stderr?.on('data', (text) => (errors = (errors + text).slice(-2000)));
    const watch = setInterval(() => {
      if (Date.now() - heard > patience * 1000) ending = `no answer for ${patience} seconds`;
      else if (residentBytes(child) > mostMemory) ending = `more than ${mostMemory} bytes of memory`;
      if (ending) child.kill('SIGKILL');
    }, 250);
    child.on('message', (said: Said) => {
      heard = Date.now();
      at = said.at;
      if (said.wrong !== undefined) note({ format: batch.format, at, wrong: said.wrong });
    });
    child.on('exit', (code) => {
      clearInterval(watch);
      if (at < batch.to) note({ format: batch.format, at, wrong: ending ?? `the process ended (${code})\n${errors}` });
      resolve(Math.min(batch.to, at + 1));
    });
    child.send(batch);
  });
}

/** Bytes of memory that a process holds, where the system tells. */
function residentBytes({ pid }: ChildProcess): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}
