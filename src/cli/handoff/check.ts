import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/errors.ts';

/** What the program for Python found. */
export interface Found {
  readonly losses: readonly number[];
  /** The losses of the steps after `checkpoint.keras` was written. */
  readonly lossesAfter: readonly number[];
  readonly keras: string;
  readonly jax: string;
  readonly devices: number;
}

/** Runs `train.py --check` with a Python that has Keras and JAX. */
export async function checkWith(python: string, folder: string): Promise<Found> {
  const child = spawn(python, [join(folder, 'train.py'), '--check'], {
    env: { ...process.env, KERAS_BACKEND: 'jax' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      printed = (printed + part).slice(-20_000);
    });
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status ?? String(signal)));
  });
  if (typeof code === 'string')
    fail(`--python ${python}`, `it did not run: ${code}`, 'give the path of a python that has keras and jax');
  // Exit code 1 also stands for a negative verdict, if it printed one.
  const found = /differ by/.test(printed) ? await readFile(join(folder, 'check.json'), 'utf8') : undefined;
  if (found === undefined) {
    const last = printed.trimEnd().split('\n').slice(-8).join('\n  ');
    const missing = /No module named '(\w+)'/.exec(printed)?.[1];
    fail(
      `${python} train.py --check`,
      `it ended with ${code}:\n  ${last}`,
      missing && missing !== 'custom_objects'
        ? `give a python that has it: pip install keras jax (${missing} is missing)`
        : 'see what it says; classes of your own are to be written in custom_objects.py (--custom FILE.py)',
    );
  }
  return JSON.parse(found) as Found;
}
