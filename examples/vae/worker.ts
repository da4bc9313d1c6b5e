import * as keras from 'hornbeam';
import { fetchDigits } from '../browser-digits/digits.ts';
import { answer, tell } from '../data/worker-calls.ts';
import { makeDecoder, makeEncoder, VAE } from './model.ts';

/** What the page hears after each epoch. */
export interface Trained {
  readonly epoch: number;
  readonly loss: number;
  /** The plane as it is decoded now: `side * side` images of 64 pixels, row by row from the top. */
  readonly plane: Float32Array | undefined;
}
/** Places of the plane that are drawn, along each axis, and how far they reach: standard deviations. */
const [side, reach] = [15, 2];
const epochs = 40;

keras.utils.setRandomSeed(7);
const digits = fetchDigits(new URL('./digits.csv.gz', import.meta.url));
const vae = new VAE({ encoder: makeEncoder(), decoder: makeDecoder() });
vae.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 2e-3 }) });
/** Epochs that were trained. */
let done = 0;

const decoded = async (places: Float32Array): Promise<Float32Array> => {
  const images = await vae.decoder.predict(keras.tensor(places, { shape: [places.length / 2, 2] }), { verbose: 0 });
  return (images as keras.Tensor).data<'float32'>();
};
const grid = Float32Array.from({ length: side * side * 2 }, (_, k) => {
  const at = (place: number): number => reach * ((2 * place) / (side - 1) - 1);
  const [row, column] = [Math.floor(k / 2 / side), (k >> 1) % side];
  return k % 2 === 0 ? at(column) : -at(row);
});

/** Draws the plane now and then while the model learns. */
class Teller extends keras.callbacks.Callback {
  override async onEpochEnd(epoch: number, logs: Record<string, number> = {}): Promise<void> {
    done = epoch + 1;
    const isDrawn = epoch < 4 || epoch % 3 === 0 || done === this.params.epochs;
    const plane = isDrawn ? await decoded(grid) : undefined;
    tell({ epoch: done, loss: logs['total_loss']!, plane } satisfies Trained);
  }
}

const functions = {
  /** The image for a place. */
  draw: ([x, y]: readonly [number, number]): Promise<Float32Array> => decoded(Float32Array.of(x, y)),
  plane: (_: undefined): Promise<Float32Array> => decoded(grid),
  async train(): Promise<void> {
    const { count, pixels } = await digits;
    const x = keras.tensor(pixels, { shape: [count, 8, 8, 1] });
    const options = { batchSize: 64, verbose: 0, callbacks: [new Teller()] } as const;
    await vae.fit(x, { ...options, initialEpoch: done, epochs: done + epochs });
  },
  stop(): void {
    vae.stopTraining = true;
  },
};
export type Functions = typeof functions;
answer(functions);
