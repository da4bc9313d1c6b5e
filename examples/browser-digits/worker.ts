import * as keras from 'hornbeam';
import { type Digits, fetchDigits } from './digits.ts';
import { withDistorted } from './distort.ts';
import type { Logs, Report, Request } from './messages.ts';
import { makeModel } from './model.ts';

const batchSize = 64;
const epochs = 12;
/** Share of the digits kept for validation: the last ones, by hands that the model has not seen. */
const kept = 0.2;

const report = (message: Report, transfer: Transferable[] = []): void => postMessage(message, { transfer });

const digits = fetchDigits(new URL('./digits.csv.gz', import.meta.url));
keras.utils.setRandomSeed(7);
let model = makeModel();

const part = ({ pixels, labels }: Digits, from: number, to: number): Digits => ({
  count: to - from,
  pixels: pixels.subarray(from * 64, to * 64),
  labels: labels.subarray(from, to),
});
const tensors = ({ count, pixels, labels }: Digits): [x: keras.Tensor, y: keras.Tensor] => [
  keras.tensor(pixels, { shape: [count, 8, 8, 1] }),
  keras.tensor(labels, { shape: [count, 1] }),
];

/** Tells the page of every step and every epoch. */
class Reporter extends keras.callbacks.Callback<keras.Model> {
  private epoch = 0;
  private sum = 0;
  private begun = performance.now();

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
    this.sum = 0;
  }
  override onTrainBatchEnd(step: number, logs: { loss?: number } = {}): void {
    // What `fit` gives is the mean over the epoch so far.
    const sum = logs.loss! * (step + 1);
    report({ kind: 'batch', epoch: this.epoch, step, steps: this.params.steps!, loss: sum - this.sum });
    this.sum = sum;
  }
  override onEpochEnd(epoch: number, logs: Record<string, number> = {}): void {
    const seconds = (performance.now() - this.begun) / 1000;
    report({ kind: 'epoch', epoch, logs: logs as unknown as Logs, seconds });
  }
}

async function train(): Promise<void> {
  const all = await digits;
  const cut = Math.round(all.count * (1 - kept));
  const [x, y] = tensors(withDistorted(part(all, 0, cut), 3));
  model = makeModel();
  await model.fit(x, y, {
    epochs,
    batchSize,
    validationData: tensors(part(all, cut, all.count)),
    callbacks: [new Reporter()],
    verbose: 0,
  });
  report({ kind: 'trained' });
}

/** What the page may ask for. `fit` lets messages in while it runs, so that a drawing is answered in the midst of it. */
const answers: { [K in Request['kind']]: (request: Extract<Request, { kind: K }>) => Promise<void> } = {
  train,
  async stop() {
    model.stopTraining = true;
  },
  async predict({ pixels }) {
    const prediction = (await model.predict(keras.tensor(pixels, { shape: [1, 8, 8, 1] }))) as keras.Tensor;
    report({ kind: 'prediction', probabilities: (await prediction.data()) as Float32Array });
  },
  async device({ name }) {
    await keras.config.setDevice(name);
    report({ kind: 'device', name });
  },
  async draw() {
    const png = (await keras.utils.plotModel(model, { showShapes: true, dpi: 144 })) as Uint8Array<ArrayBuffer>;
    report({ kind: 'picture', png }, [png.buffer]);
  },
  async save() {
    const bytes = (await keras.saving.modelToKeras(model)) as Uint8Array<ArrayBuffer>;
    report({ kind: 'file', bytes }, [bytes.buffer]);
  },
  async open({ file }) {
    model = await keras.models.loadModel<keras.Model>(file);
    report({ kind: 'trained' });
  },
};

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  try {
    await answers[data.kind](data as never);
  } catch (error) {
    report({ kind: 'failed', request: data.kind, message: String((error as Error).message ?? error) });
  }
});

const lines: string[] = [];
model.summary({ printFn: (line) => void lines.push(line) });
report({ kind: 'ready', device: 'wasm', summary: lines.join('\n'), epochs });
