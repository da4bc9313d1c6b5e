import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { fetchFile, setHalves } from '../data/halves.ts';
import { answer, tell } from '../data/worker-calls.ts';
import { makeTransformer } from './model.ts';
import { smallOptions } from './small-options.ts';

/** A generated character. */
export interface Written {
  readonly character: string;
  /** The most likely characters at its position, and their probabilities. */
  readonly likeliest: readonly (readonly [character: string, probability: number])[];
}

async function load() {
  const files = [new URL('./small.json', import.meta.url), new URL('./small.f16', import.meta.url)];
  const [known, weights] = await Promise.all(files.map(fetchFile));
  const characters = JSON.parse(new TextDecoder().decode(known)) as string[];
  const model = makeTransformer({ ...smallOptions, characters: characters.length });
  setHalves(model, weights!);
  const next = keras.jit((seen: keras.Tensor, last: keras.Tensor) =>
    ops.softmax(ops.take(ops.squeeze(model(seen), { axis: 0 }), last, { axis: 0 })),
  );
  return { characters, next };
}
const loaded = load();
let isStopping = false;

/** Draws a number by its likelihood; more varied at a higher temperature. */
function drawn(probabilities: Float32Array, temperature: number): number {
  const shares = probabilities.map((p) => p ** (1 / temperature));
  let rest = Math.random() * shares.reduce((sum, share) => sum + share, 0);
  // The first stands for all rare characters.
  for (let k = 1; k < shares.length; k++) {
    rest -= shares[k]!;
    if (rest <= 0) return k;
  }
  return probabilities.indexOf(Math.max(...probabilities));
}

const functions = {
  async ready(): Promise<void> {
    await loaded;
  },
  async write({ prompt, length, temperature }: { prompt: string; length: number; temperature: number }): Promise<void> {
    isStopping = false;
    const { characters, next } = await loaded;
    const { places } = smallOptions;
    const text = [...prompt].map((c) => Math.max(0, characters.indexOf(c)));
    for (let k = 0; k < length && !isStopping; k++) {
      const seen = text.slice(-places);
      const padded = Int32Array.from({ length: places }, (_, i) => seen[i] ?? 0);
      const last = keras.tensor(seen.length - 1, { dtype: 'int32' });
      const probabilities = await next(keras.tensor(padded, { shape: [1, places] }), last).data<'float32'>();
      const chosen = drawn(probabilities, temperature);
      const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
      const likeliest = order.slice(0, 8).map((n) => [characters[n]!, probabilities[n]!] as const);
      text.push(chosen);
      tell({ character: characters[chosen]!, likeliest } satisfies Written);
      // So that readers can follow, and a request to stop is heard.
      await new Promise((done) => setTimeout(done, 15));
    }
  },
  stop(): void {
    isStopping = true;
  },
};
export type Functions = typeof functions;
answer(functions);
