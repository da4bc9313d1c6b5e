/** A worker that trains, as pages should: it answers with the losses and whether it has threads of its own. */
import type { DeviceName } from '../../src/runtime/device.ts';
import { train } from './page.ts';

addEventListener('message', async ({ data }: MessageEvent<DeviceName>) => {
  try {
    postMessage({ losses: await train(data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
