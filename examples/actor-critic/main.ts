/**
 * Teaches an agent to balance a pole on a cart, and draws how it learned and what it does.
 * Run it with `npm run example actor-critic`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { Agent, playOut } from './agent.ts';
import { longest } from './cart-pole.ts';
import { poses } from './poses.ts';

const out = 'out/actor-critic';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const agent = new Agent();
const untaught = playOut(agent.model, 100, 1);
const lengths: number[] = [];
let mean = 0;
for (let k = 0; k < 500; k++) {
  const { length, ended } = agent.update();
  const [of, games] = await Promise.all([length.item() as Promise<number>, ended.item() as Promise<number>]);
  // The mean over recently ended games; unchanged while none ends.
  mean = games === 0 ? mean : k === 0 ? of : 0.9 * mean + 0.1 * of;
  lengths.push(mean);
  if (k % 25 === 24) console.log(`update ${k + 1}: games last ${mean.toFixed(0)} steps`);
}

const taught = playOut(agent.model, 100, 1);
const [before, after] = await Promise.all([untaught, taught].map(({ lengths }) => ops.mean(lengths).item()));
await keras.visualization.plotLines([{ y: lengths, x: lengths.map((_, k) => k + 1) }], {
  xLabel: 'Update',
  yLabel: 'Steps of a game',
  yRange: [0, longest],
  height: 300,
  toFile: `${out}/learning.png`,
});
const drawn = [untaught, taught].map(async ({ watched }) => poses(await watched.data(), { height: 200, width: 320 }));
await keras.visualization.plotImageGallery(ops.stack(await Promise.all(drawn)), {
  yTrue: [0, 1],
  labelMap: ['Untaught', 'Taught: 500 steps'],
  columns: 2,
  scale: 3,
  valueRange: [0, 1],
  toFile: `${out}/poses.png`,
});
console.log(`100 games last ${before} steps on average before, ${after} after (${longest} at the most).`);
