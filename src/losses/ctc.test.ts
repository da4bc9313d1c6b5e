import { expect, test } from 'vitest';
import { normal } from '../random/index.ts';
import { tensor } from '../tensor/index.ts';
import { CTC } from './ctc.ts';

test('padding counts for nothing: 0, -1, or a value that is named', async () => {
  const logits = normal([1, 6, 5], { seed: 1 });
  const labels = (x: number[]) => tensor([x], { dtype: 'int32' });
  const right = await new CTC()(labels([1, 2]), logits).item();
  for (const x of [
    [1, 2, 0, 0],
    [1, 2, -1, -1],
    [1, -1, 2, 0],
  ])
    expect(await new CTC()(labels(x), logits).item()).toBeCloseTo(right, 5);
  expect(await new CTC({ ignoreClass: 4 })(labels([1, 2, 4, 4]), logits).item()).toBeCloseTo(right, 5);
});
test("a file shows Keras's options alone, unless there are others", () => {
  expect(new CTC().getConfig()).not.toHaveProperty('ignore_class');
  expect(new CTC({ ignoreClass: 4 }).getConfig()).toMatchObject({ ignore_class: 4 });
});
