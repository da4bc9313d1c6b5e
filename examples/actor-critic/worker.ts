import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { answer, tell } from '../data/worker-calls.ts';
import { Agent } from './agent.ts';

/** What the page hears while the agent learns. */
export interface Learning {
  readonly update: number;
  /** Length of recently ended games, in steps. */
  readonly mean: number;
}
const updates = 400;

keras.utils.setRandomSeed(7);
const agent = new Agent({ updates });
const push = keras.jit((state: keras.Tensor) => ops.argmax(agent.model(state)[0], { axis: -1 }));
let [update, mean, isStopping] = [0, 0, false];

const functions = {
  /** The push that the agent would give: 0 left, 1 right. */
  async act(state: readonly number[]): Promise<number> {
    return Number((await push(keras.tensor([[...state]])).data())[0]);
  },
  /** Trains until it has learned or is stopped, and returns how many updates are left. */
  async teach(): Promise<number> {
    isStopping = false;
    while (update < updates && !isStopping) {
      const { length, ended } = agent.update();
      const [of, games] = await Promise.all([length.item() as Promise<number>, ended.item() as Promise<number>]);
      mean = games === 0 ? mean : update === 0 ? of : 0.9 * mean + 0.1 * of;
      update++;
      tell({ update, mean } satisfies Learning);
      // The page asks for the cart in between.
      await new Promise((next) => setTimeout(next));
    }
    return updates - update;
  },
  stop(): void {
    isStopping = true;
  },
};
export type Functions = typeof functions;
answer(functions);
