import { expect, test } from 'vitest';
import { makeProgram } from '../ir/program.ts';
import { Tensor } from '../ir/tensor.ts';
import { sin } from '../primitives/index.ts';
import { currentDevice } from './device.ts';
import { explain } from './explain.ts';

const x = new Tensor({ shape: [4], dtype: 'float32' });
const executable = currentDevice().compile(makeProgram('wave', [x], [sin(x)]));

test('a table has milliseconds where they are known, and where they were measured', () => {
  const [first, head, row] = explain(executable, { ms: [0.25], where: 'on one thread' }).split('\n');
  expect(first).toMatch(/^Program "wave": 1 equations in 1 kernels, .* of scratch, 0\.250 ms on one thread$/);
  expect(head).toMatch(/^# +kernel +output +bytes +FLOPs +ms +share +layers +fused$/);
  expect(row).toMatch(/^0 +sin .* 0\.250 +100\.0 % /);
});

test('a table without milliseconds says why', () => {
  const lines = explain(executable, { untimed: 'the clock stands' }).split('\n');
  expect(lines[1]).toBe('No milliseconds: the clock stands.');
  expect(lines[2]).toMatch(/^# +kernel +output +bytes +FLOPs +layers +fused$/);
  expect(explain(executable)).toBe([lines[0], ...lines.slice(2)].join('\n'));
});
