import { afterAll, describe, expect, it } from 'vitest';
import { sizeOf } from '../../../base/shape.ts';
import { makeProgram } from '../../../ir/program.ts';
import { Tensor } from '../../../ir/tensor.ts';
import { broadcast, div, exp, mul, reduceMax, reduceMin, reduceSum, sub } from '../../../primitives/index.ts';
import { referenceDevice } from '../../reference/device.ts';
import { testDevice } from '../testing.ts';

const reference = referenceDevice();
/** A software GPU taken for a real one: it shares rows out to lanes. */
const device = await testDevice({ isSoftware: false });
afterAll(() => device?.close());

async function expectSame(x: Tensor, outputs: readonly Tensor[]): Promise<void> {
  const program = makeProgram('rows', [x], outputs);
  const data = new Float32Array(sizeOf(x.shape)).map((_, i) => Math.sin(i * 12.9898) * 2);
  const judge = reference.compile(program).run([reference.upload(data, 'float32')]);
  const given = device!.upload(data, 'float32');
  const made = device!.compile(program).run([given]);
  for (const [k, t] of outputs.entries()) {
    const right = reference.download(judge[k]!, t) as Float32Array;
    const got = await device!.download(made[k]!, t);
    right.forEach((value, i) => {
      if (!(Math.abs(got[i]! - value) <= 1e-5 * (4 + Math.abs(value))))
        expect.fail(`[${x.shape}]: output ${k}[${i}] is ${got[i]}, not ${value}`);
    });
  }
  for (const buffer of [given, ...made]) device!.free(buffer);
}
const tensor = (shape: readonly number[]) => new Tensor({ shape, dtype: 'float32' });

describe.runIf(device)('rows on the GPU', () => {
  it('reduces along rows, along columns, and whole arrays', async () => {
    for (const shape of [
      [7, 45],
      [300, 33],
      [3, 1500],
    ]) {
      const x = tensor(shape);
      await expectSame(x, [reduceSum(x, { axes: [1] }), reduceMax(x, { axes: [1] })]);
      await expectSame(x, [reduceSum(x, { axes: [0] }), reduceMin(x, { axes: [0] })]);
      await expectSame(x, [reduceSum(x, { axes: [0, 1] })]);
    }
    const image = tensor([4, 40, 9, 6]);
    await expectSame(image, [reduceSum(image, { axes: [0, 1, 2] }), reduceSum(mul(image, image), { axes: [0, 1, 2] })]);
    const many = tensor([64, 40, 30]);
    await expectSame(many, [reduceSum(many, { axes: [0, 1, 2] })]);
  });

  it('does softmax and normalisation, a row to some lanes', async () => {
    for (const shape of [
      [5, 40],
      [9, 300],
      [2, 1100],
    ]) {
      const x = tensor(shape);
      const wide = (t: Tensor) => broadcast(t, { shape, axes: [0] });
      const powers = exp(sub(x, wide(reduceMax(x, { axes: [1] }))));
      await expectSame(x, [div(powers, wide(reduceSum(powers, { axes: [1] })))]);
      // The largest, for a sum near zero would leave few digits.
      const centred = sub(x, wide(reduceMax(x, { axes: [1] })));
      await expectSame(x, [mul(centred, wide(reduceSum(mul(centred, centred), { axes: [1] }))), centred]);
    }
  });
});
