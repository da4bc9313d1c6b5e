import { expect, test } from 'vitest';
import { multiply } from '../ops/index.ts';
import { jit, type Tensor, tensor, Variable } from './index.ts';

test('a variable that a compiled function only assigns takes the new value, and the arguments keep theirs', () => {
  const doubled = new Variable(tensor([0, 0]));
  const double = jit((x: Tensor) => void doubled.assign(multiply(x, 2)));
  const x = tensor([1, 2]);
  double(x);
  expect([...doubled.value.dataSync()]).toEqual([2, 4]);
  expect([...x.dataSync()]).toEqual([1, 2]);
  double(tensor([5, 6]));
  expect([...doubled.value.dataSync()]).toEqual([10, 12]);
});
