import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { mobilenet } from 'hornbeam/browser/applications';
import { Pipeline, RandomTranslation, RandomZoom } from 'hornbeam/browser/preprocessing';
import { gradCam } from 'hornbeam/browser/tools';
import { fetchFile, setHalves } from '../data/halves.ts';
import { answer, tell } from '../data/worker-calls.ts';
import { makeHead, makeOwnBase, side } from './network.ts';

/** Red, green and blue of the pixels, 0 to 255. */
export type Pixels = Float32Array;
/** What the page hears after each epoch. */
export interface Learnt {
  readonly epoch: number;
  readonly of: number;
  readonly loss: number;
}
/** Probabilities of the classes, and where in the picture the likeliest is seen, 0 to 1. */
export interface Seen {
  readonly probabilities: Float32Array;
  readonly heat: Float32Array;
}

/** How often a picture is learnt from, each time enlarged and moved otherwise but for the first. */
const copies = 8;
const epochs = 40;
const augmenter = new Pipeline({
  layers: [
    new RandomZoom({ heightFactor: [-0.2, 0.2], seed: 1 }),
    new RandomTranslation({ heightFactor: 0.12, widthFactor: 0.12, seed: 2 }),
  ],
});

const loaded = load();
async function load(): Promise<keras.Model> {
  const base = makeOwnBase();
  setHalves(base, await fetchFile(new URL('./base.f16', import.meta.url)));
  base.trainable = false;
  return base;
}

/** What the base makes of the pictures, `[copies, 8, 8, 96]` of each: computed once. */
const features = new Map<number, keras.Tensor>();
/** The whole network, from pixels to classes, once a head has been learnt. */
let classifier: keras.Model | undefined;

const asImages = (pixels: Pixels): keras.Tensor => keras.tensor(pixels, { shape: [1, side, side, 3] });

const functions = {
  async ready(): Promise<void> {
    await loaded;
  },
  async add({ id, pixels }: { id: number; pixels: Pixels }): Promise<void> {
    const base = await loaded;
    const image = asImages(pixels);
    const others = augmenter(ops.repeat(image, copies - 1, { axis: 0 }), { training: true }) as keras.Tensor;
    const all = mobilenet.preprocessInput(ops.concatenate([image, others], { axis: 0 }));
    features.set(id, (await base.predict(all, { verbose: 0 })) as keras.Tensor);
  },
  remove(id: number): void {
    features.delete(id);
  },
  /** Learns a new head for these classes, each given by its pictures. */
  async learn(classes: readonly (readonly number[])[]): Promise<void> {
    const base = await loaded;
    const x = ops.concatenate(classes.flatMap((ids) => ids.map((id) => features.get(id)!)));
    const y = classes.flatMap((ids, k) => Array<number>(copies * ids.length).fill(k));
    const head = makeHead(base, classes.length);
    head.compile({
      optimizer: new keras.optimizers.Adam({ learningRate: 1e-2 }),
      loss: 'sparse_categorical_crossentropy',
    });
    // Each class weighs the same, however many pictures it has.
    const classWeight = Object.fromEntries(
      classes.map((ids, k) => [k, y.length / (classes.length * copies * ids.length)]),
    );
    const reporter = new keras.callbacks.LambdaCallback({
      onEpochEnd: (epoch, logs) =>
        tell({ epoch: epoch + 1, of: epochs, loss: logs!['loss'] as number } satisfies Learnt),
    });
    await head.fit(x, keras.tensor(y, { dtype: 'int32' }), {
      epochs,
      batchSize: 32,
      classWeight,
      callbacks: [reporter],
      verbose: 0,
    });
    const inputs = keras.Input({ shape: [side, side, 3] });
    classifier = new keras.Model({
      inputs,
      outputs: head(base(mobilenet.preprocessInput(inputs), { training: false })),
    });
  },
  async look(pixels: Pixels): Promise<Seen> {
    const model = classifier!;
    const image = asImages(pixels);
    const probabilities = (await model.predict(image, { verbose: 0 })) as keras.Tensor;
    const heat = gradCam(model, image, { layer: 'base/relu4' });
    return { probabilities: await probabilities.data<'float32'>(), heat: await heat.data<'float32'>() };
  },
};
export type Functions = typeof functions;
answer(functions);
