import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installed, launch } from './jobs.ts';

const isPossible = installed.includes('mpirun.mpich') && spawnSync('cc', ['--version']).status === 0;
if (!isPossible) console.info('no mpirun.mpich or no cc: a library of the MPI 5 ABI is not tested');

describe.skipIf(!isPossible)('a library of the MPI 5 ABI', { timeout: 300_000 }, () => {
  /** MPICH, called by the constants and handles of the standard. */
  const library = join(mkdtempSync(join(tmpdir(), 'hornbeam-abi-')), 'libmpi_abi.so.0');

  test('trains as MPICH by its own ABI does', async () => {
    const { stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, 'test/distribution/standard-abi.c']);
    expect(String(stderr)).toBe('');
    const env = { SEED: '7' };
    const own = await launch('mpirun.mpich', 2, 'curve', { env });
    const standard = await launch('mpirun.mpich', 2, 'curve', { env: { ...env, HORNBEAM_MPI: library } });
    expect([standard.code, standard.text]).toEqual([0, '']);
    expect(standard.results).toEqual(own.results);
  });
});
