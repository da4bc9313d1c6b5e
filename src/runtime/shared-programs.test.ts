import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { mostBytes, RecentCache } from '../base/recent.ts';
import { makeProgram, type Program } from '../ir/program.ts';
import { Tensor } from '../ir/tensor.ts';
import { add, sin } from '../primitives/index.ts';
import { compiled, run } from './execute.ts';
import { download, upload } from './storage.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const wave = (): Program => {
  const x = new Tensor({ shape: [300, 70], dtype: 'float32' });
  return makeProgram('wave of its own', [x], [add(sin(x), x)]);
};

test('what equal programs share stays as long as one of them is there', async () => {
  const other = wave();
  const shared = ((): ReturnType<typeof compiled> => {
    compiled(wave());
    return compiled(other);
  })();
  expect(shared.program).toBe(other);
  // Pushes all programs out of the caches: nobody but the second holds what was compiled for the first.
  new RecentCache<number>().set('all', 0, mostBytes);
  for (let k = 0; k < 4; k++) {
    collect();
    await new Promise((next) => setTimeout(next, 10));
  }
  // What the device gives away again lies where the first one lay.
  compiled(makeProgram('another', other.inputs, [sin(other.inputs[0]!)]));
  const x = upload(new Float32Array(21_000).fill(0.5), { shape: [300, 70], dtype: 'float32' });
  const [y] = run(shared, [x]);
  expect((await download(y!))[20_999]).toBeCloseTo(0.5 + Math.sin(0.5), 6);
});
