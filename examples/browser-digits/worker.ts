import * as keras from 'hornbeam';
import { gradCam } from 'hornbeam/browser/tools';
import { type Digits, fetchDigits } from './digits.ts';
import { withDistorted } from './distort.ts';
import type { Logs, Report, Request } from './messages.ts';
import { checkFits, compile, makeModel } from './model.ts';

const batchSize = 64;
const epochs = 12;
/** Share of the digits kept for validation: the last ones, by unseen writers. */
const kept = 0.2;

const report = (message: Report, transfer: Transferable[] = []): void => postMessage(message, { transfer });

const digits = fetchDigits(new URL('./digits.csv.gz', import.meta.url));
keras.utils.setRandomSeed(7);
let model = makeModel();
let isStopping = false;

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
  /** Steps done. */
  steps = 0;

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
    this.sum = 0;
  }
  override onTrainBatchEnd(step: number, logs: { loss?: number } = {}): void {
    // What `fit` gives is the mean over the epoch so far.
    const sum = logs.loss! * (step + 1);
    report({ kind: 'batch', epoch: this.epoch, step, steps: this.params.steps!, loss: sum - this.sum });
    this.sum = sum;
    this.steps++;
    if (isStopping) model.stopTraining = true;
  }
  override onEpochEnd(epoch: number, logs: Record<string, number> = {}): void {
    const seconds = (performance.now() - this.begun) / 1000;
    report({ kind: 'epoch', epoch, logs: logs as unknown as Logs, seconds });
  }
}

/** Trains the current model: a new one, a stopped one, or one from a file. */
async function train(): Promise<void> {
  isStopping = false;
  const all = await digits;
  const cut = Math.round(all.count * (1 - kept));
  const [x, y] = tensors(withDistorted(part(all, 0, cut), 3));
  // Requests in the meantime are handled here, and next after the first step, which compiles.
  await new Promise((next) => setTimeout(next));
  if (isStopping) return report({ kind: 'trained', hasLearned: false });
  const reporter = new Reporter();
  await model.fit(x, y, {
    epochs,
    batchSize,
    validationData: tensors(part(all, cut, all.count)),
    callbacks: [reporter],
    verbose: 0,
  });
  report({ kind: 'trained', hasLearned: reporter.steps > 0 });
}

function summaryOf(some: keras.Model): string {
  const lines: string[] = [];
  some.summary({ printFn: (line) => void lines.push(line) });
  return lines.join('\n');
}

/** What the page may ask for. `fit` lets messages in while it runs, so that a drawing is answered in the midst of it. */
const answers: { [K in Request['kind']]: (request: Extract<Request, { kind: K }>) => Promise<void> } = {
  train,
  async stop() {
    isStopping = true;
    model.stopTraining = true;
  },
  async afresh() {
    model = makeModel();
    report({ kind: 'model', name: undefined, summary: summaryOf(model) });
  },
  async predict({ pixels }) {
    const prediction = (await model.predict(keras.tensor(pixels, { shape: [1, 8, 8, 1] }))) as keras.Tensor;
    report({ kind: 'prediction', probabilities: await prediction.data<'float32'>() });
  },
  async look({ pixels }) {
    const layer = model.layers.findLast((each) => each instanceof keras.layers.Conv2D)?.name;
    const heat = gradCam(model, keras.tensor(pixels, { shape: [1, 8, 8, 1] }), { layer });
    report({ kind: 'heat', heat: await heat.data<'float32'>() });
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
    const opened = await keras.models.loadModel<keras.Model>(file);
    checkFits(opened, file.name);
    if (!opened.compiled) compile(opened);
    model = opened;
    report({ kind: 'model', name: file.name, summary: summaryOf(model) });
  },
};

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  try {
    await answers[data.kind](data as never);
  } catch (error) {
    report({ kind: 'failed', request: data.kind, message: String((error as Error).message ?? error) });
  }
});

report({ kind: 'ready', device: 'wasm', summary: summaryOf(model), epochs });
