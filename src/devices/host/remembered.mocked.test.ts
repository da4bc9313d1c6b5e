import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeProgram, type Program } from '../../ir/program.ts';
import { inScope } from '../../ir/scope.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as elementwise from '../../primitives/elementwise.ts';
import type { Emitted } from './executable.ts';
import { remembered } from './remembered.ts';

let libraryVersion = '1';
vi.mock('../../base/version.ts', () => ({
  get libraryVersion() {
    return libraryVersion;
  },
}));

const path = mkdtempSync(join(tmpdir(), 'hornbeam-remembered-'));
beforeEach(() => vi.stubEnv('HORNBEAM_CACHE', path).stubEnv('HORNBEAM_VERIFY', undefined));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(path, { recursive: true }));

const program = (layer: string, size = 3): Program => {
  const x = new Tensor({ shape: [size], dtype: 'float32' });
  const y = inScope({ path: layer, isBackward: false }, () => elementwise.exp(x));
  return makeProgram('exp', [x], [inScope({ path: `${layer}/b`, isBackward: true }, () => elementwise.neg(y))]);
};
const emitted = ({ equations }: Program): Emitted => ({
  code: Uint8Array.of(1, 2, 3),
  table: [
    { kind: 'input', index: 0 },
    { kind: 'constant', data: Float32Array.of(1.5, -2) },
  ],
  workspaceBytes: 64,
  arenaBytes: 0,
  outputBytes: [12],
  kernels: [
    {
      name: 'exp + neg',
      fused: ['exp', 'neg'],
      bytes: 24,
      flops: 30,
      scopes: [equations[1]!.scope!],
      output: 'float32[3]',
      from: [],
      scratch: 0,
    },
  ],
});
/** Whether it had to be made, and what it is. */
const look = (p: Program, machine: readonly unknown[] = ['wasm', 2]) => {
  let isMade = false;
  const found = remembered(p, machine, () => {
    isMade = true;
    return emitted(p);
  });
  return { isMade, found };
};

it('makes a program once, and finds it with the layers of the program that is asked for', () => {
  expect(look(program('dense')).isMade).toBe(true);
  const { isMade, found } = look(program('other'));
  expect(isMade).toBe(false);
  expect(found.kernels[0]!.scopes).toEqual([{ path: 'other/b', isBackward: true }]);
  expect(found).toMatchObject({ workspaceBytes: 64, outputBytes: [12], code: Uint8Array.of(1, 2, 3) });
  const [, constant] = found.table;
  const bytes = (constant as { data: Uint8Array }).data;
  expect([...new Float32Array(bytes.slice().buffer)]).toEqual([1.5, -2]);
});

it('makes another for another program, machine or version of the library', () => {
  look(program('dense'));
  expect(look(program('dense', 4)).isMade).toBe(true);
  expect(look(program('dense'), ['native', 8]).isMade).toBe(true);
  expect(look(program('dense'), ['native', 16]).isMade).toBe(true);
  expect(look(program('dense'), ['native', 8]).isMade).toBe(false);
  libraryVersion = '2';
  expect(look(program('dense')).isMade).toBe(true);
  expect(look(program('dense')).isMade).toBe(false);
  libraryVersion = '1';
  expect(look(program('dense')).isMade).toBe(false);
});

it('keeps nothing where that is not asked for, where plans are verified, and where the text does not say all', () => {
  const count = readdirSync(path).length;
  const odd = program('dense', 5);
  const [first] = odd.equations;
  const unsaid = { ...odd, equations: [{ ...first!, attrs: { f: () => 1 } }, ...odd.equations.slice(1)] };
  for (let k = 0; k < 2; k++) expect(look(unsaid).isMade).toBe(true);
  vi.stubEnv('HORNBEAM_VERIFY', '1');
  for (let k = 0; k < 2; k++) expect(look(program('dense', 6)).isMade).toBe(true);
  vi.stubEnv('HORNBEAM_VERIFY', undefined).stubEnv('HORNBEAM_CACHE', undefined);
  for (let k = 0; k < 2; k++) expect(look(program('dense', 6)).isMade).toBe(true);
  expect(readdirSync(path).length).toBe(count);
});
