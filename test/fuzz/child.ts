import * as keras from '../../src/index.ts';
import { Choices } from './random.ts';
import { Data, targets } from './targets.ts';

/** What a child is to do, and says: which input it is at, and what went wrong in it. */
export interface Batch {
  readonly folder: string;
  readonly seed: string;
  readonly format: string;
  readonly from: number;
  readonly to: number;
}
export interface Said {
  readonly at: number;
  readonly wrong?: string;
}

/** Reads the inputs of one batch: each must be read, or refused with a HornbeamError. */
export async function runBatch(
  { folder, seed, format, from, to }: Batch,
  say: (said: Said) => void | Promise<void>,
): Promise<void> {
  const data = new Data(folder);
  console.warn = () => {};
  for (let at = from; at < to; at++) {
    await say({ at });
    try {
      await targets[format]!(new Choices(`${seed}:${format}:${at}`), data);
    } catch (error) {
      if (!(error instanceof keras.HornbeamError)) await say({ at, wrong: describe(error) });
    }
  }
  await say({ at: to });
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? String(error)).split('\n').slice(0, 6).join('\n') : String(error);

if (process.send) {
  process.once('message', (batch: Batch) => {
    // Inputs that are read without waiting would otherwise end the process before what it said is sent.
    const send = (said: Said): Promise<void> => new Promise((sent) => process.send!(said, () => sent()));
    runBatch(batch, send).then(() => process.disconnect());
  });
}
