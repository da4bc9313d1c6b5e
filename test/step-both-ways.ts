import * as keras from 'hornbeam';
import { expect } from 'vitest';

const numbers = (t: keras.Tensor): number[] => [...t.dataSync()].map(Number);

interface Trained {
  readonly model: keras.Model<any>;
  /** What the step must move: every trainable variable of these. */
  readonly moves: readonly keras.Layer<any, any, any>[];
}

/** Runs one step on a batch compiled and op by op, from equal seeds: both must give the same logs and move variables to the same places. */
export async function stepBothWays(
  make: (runEagerly: boolean) => Trained | Promise<Trained>,
  x: keras.Like | readonly keras.Like[],
  y?: keras.Tensor,
): Promise<void> {
  const run = async (runEagerly: boolean) => {
    keras.utils.setRandomSeed(3);
    const { model, moves } = await make(runEagerly);
    const read = (): number[][] => moves.flatMap((part) => part.trainableVariables.map((v) => numbers(v.value)));
    const before = read();
    const logs = await model.trainOnBatch(x, y, { returnDict: true });
    const after = read();
    before.forEach((values, k) => expect(after[k], `variable ${k} of ${before.length}`).not.toEqual(values));
    return { logs, moved: after.flatMap((values, k) => values.map((w, j) => w - before[k]![j]!)) };
  };
  const [compiled, eager] = [await run(false), await run(true)];
  expect(Object.keys(eager.logs)).toEqual(Object.keys(compiled.logs));
  for (const [name, value] of Object.entries(compiled.logs)) {
    expect(Number.isFinite(value), `${name} is ${value}`).toBe(true);
    expect(eager.logs[name], name).toBeCloseTo(Number(value), 3);
  }
  // Adam's first step takes of a gradient its sign alone, which rounding may turn where it is about zero.
  const longest = compiled.moved.reduce((most, step) => Math.max(most, Math.abs(step)), 0);
  const apart = compiled.moved.filter((step, k) => !(Math.abs(step - eager.moved[k]!) < 0.02 * longest));
  expect(apart.length / compiled.moved.length).toBeLessThan(0.002);
}
