import { verifyPlans } from '../../src/compiler/check/verifier.ts';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { wasmDevice } from '../../src/devices/wasm/device.ts';
import { failureOf, show } from './check.ts';
import { problemOf } from './compare.ts';
import type { ModelDescription } from './description.ts';
import { smallModels } from './generate.ts';

// The script's loader is closed when this module is there.
await verifyPlans();

interface RunOptions {
  /** Of the first model; the others follow. */
  readonly seed: number;
  readonly count: number;
  /** Each model is trained on one of these numbers of threads, in turn. */
  readonly threads: readonly number[];
  /** The most layers of a model. */
  readonly layers: number;
  /** One described model to try on all of these, in place of random ones. */
  readonly model?: ModelDescription | undefined;
}

/** Tries many random models, says what fails, and gives the number of failures. */
export async function run({ seed, count, threads, layers, model }: RunOptions): Promise<number> {
  const reference = referenceDevice();
  // Half of them share all there is to do, half what is worth it.
  const devices = threads.flatMap((n) =>
    [0, undefined].map((leastWork) => ({
      device: wasmDevice(n, leastWork),
      called: `wasm with ${n} threads${leastWork === 0 ? ' that share all' : ''}`,
    })),
  );
  let failures = 0;
  if (model) {
    for (const trial of devices) {
      const problem = await problemOf(model, { ...trial, reference, repeats: 20 });
      console.log(`${trial.called}: ${problem ?? 'right'}`);
      if (problem) failures++;
    }
    return failures;
  }
  const start = performance.now();
  for (let k = 0; k < count; k++) {
    const trial = { ...devices[k % devices.length]!, reference };
    const failure = await failureOf(seed + k, trial, { ...smallModels, layers });
    if (failure) {
      failures++;
      console.log(`${show(failure)}\n`);
    }
    if ((k + 1) % 100 === 0 || k + 1 === count)
      console.log(`${k + 1} models, ${failures} failures, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return failures;
}
