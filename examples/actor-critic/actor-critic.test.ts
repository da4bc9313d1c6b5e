import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { Agent, playOut } from './agent.ts';
import { fallen, next } from './cart-pole.ts';
import { poses } from './poses.ts';

test('the cart-pole moves as Gym’s does', async () => {
  const states = keras.tensor([
    [0, 0, 0, 0],
    [0.5, -1, 0.1, 0.8],
  ]);
  const after = await next(states, keras.tensor([1, 0])).array<2>();
  // CartPole-v1, computed in float64.
  const expected = [
    [0.0, 0.195121951, 0.0, -0.292682927],
    [0.48, -1.196341035, 0.116, 1.122391246],
  ];
  after.forEach((state, k) => {
    state.forEach((v, d) => {
      expect(v).toBeCloseTo(expected[k]![d]!, 5);
    });
  });
  const edges = keras.tensor([
    [2.5, 0, 0, 0],
    [0, 0, -0.21, 0],
    [2.3, 9, 0.2, 9],
  ]);
  expect(await fallen(edges).array()).toEqual([true, true, false]);
});

test('a few updates make games last longer', async () => {
  keras.utils.setRandomSeed(7);
  const agent = new Agent({ games: 16, rollout: 32, updates: 60 });
  const before = playOut(agent.model, 20, 1);
  for (let k = 0; k < 60; k++) agent.update();
  const { loss, ended } = agent.update();
  expect(Number.isFinite(await loss.item())).toBe(true);
  expect(await ended.item()).toBeLessThan(40);
  const after = playOut(agent.model, 20, 1);
  const mean = async ({ lengths }: { lengths: keras.Tensor }) => Number(await ops.mean(lengths).item());
  expect(await mean(before)).toBeLessThan(60);
  expect(await mean(after)).toBeGreaterThan(2 * (await mean(before)));
  const drawn = poses(await after.watched.data(), { height: 40, width: 60 });
  expect(drawn.shape).toEqual([40, 60, 3]);
  expect(await ops.min(drawn).item()).toBeLessThan(0.5);
});
