import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as keras from '../src/index.ts';
import { methodOf, publicOptions, type TakesOptions } from './public-options.ts';

const { layers, metrics, ops } = keras;

/** What looks like options and is none, or not of this function. */
const noOptions = [
  // Data by name.
  /(^|\.)deserialize$/,
  /^metrics\.MeanAveragePrecision\.updateState$/,
  // What the library calls, and the user writes.
  /\.(on[A-Z]\w*|setModel|call|update|addSlot|computeMask|computeOutputSpec|getRandomTransformation|transform[A-Z]\w*|seedFor)$/,
  // Arguments handed on to `updateState` and to the layer.
  /\.(stateless\w+|symbolicCall)$/,
  // Options of the function that it is given.
  /^metrics\.MeanMetricWrapper$/,
  // Has the options of the class that extends it.
  /(^|\.)Optimizer(Base)?$/,
  // An element of a page.
  /^visualization\.studio$/,
  // Not for users.
  /^(Tensor|HornbeamError|data\.Dataset)$/,
];

/** A word that is none of the names, but nearest to one of them. */
function misspelt(names: readonly string[]): { wrong: string; right: string } {
  const right = [...names].sort((a, b) => b.length - a.length)[0]!;
  return { wrong: `${right.slice(0, -1)}q`, right };
}

const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
model.compile({ loss: 'mse' });
const x = ops.ones([2, 2]);
const folder = mkdtempSync(join(tmpdir(), 'hornbeam-options-'));
afterAll(() => rmSync(folder, { recursive: true }));
await model.save(join(folder, 'model.keras'));
/** Objects on which methods are tried: for each method the first that has it. */
const objects: readonly object[] = [
  x,
  new keras.Variable(x),
  new keras.KerasTensor([2, 2]),
  model,
  new layers.Dense({ units: 1 }),
  new layers.Embedding({ inputDim: 2, outputDim: 2 }),
  new layers.ReversibleEmbedding({ inputDim: 2, outputDim: 2 }),
  new layers.EinsumDense({ equation: 'ab,bc->ac', outputShape: 2 }),
  new layers.Conv1D({ filters: 1, kernelSize: 1 }),
  new layers.Conv2D({ filters: 1, kernelSize: 1 }),
  new layers.Conv3D({ filters: 1, kernelSize: 1 }),
  new layers.MelSpectrogram(),
  new layers.Normalization(),
  new layers.Discretization({ numBins: 2 }),
  new layers.StringLookup(),
  new layers.TextVectorization(),
  new metrics.MeanSquaredError(),
  new metrics.MeanIoU({ numClasses: 2 }),
  new metrics.MeanAveragePrecision({ boundingBoxFormat: 'xywh' }),
  new keras.coco.CocoAccumulator(),
  new keras.optimizers.Adam(),
  await keras.saving.KerasFileEditor.open(join(folder, 'model.keras')),
  new keras.random.SeedGenerator({ seed: 1 }),
  new keras.distribution.HyperParameters(),
  keras.data.Dataset.range(1),
  new keras.quantizers.AbsMaxQuantizer({ axis: -1 }),
  new keras.utils.SummaryWriter({ logDir: folder }),
  new keras.callbacks.Studio({ port: null }),
  new keras.distillation.Distiller({
    teacher: model,
    student: model,
    distillationLosses: new keras.distillation.LogitsDistillation(),
  }),
];

type Call = (...args: unknown[]) => unknown;
const at = (path: readonly string[]): unknown =>
  path.reduce<unknown>((space, name) => (space as Record<string, unknown>)[name], keras);

/** What may stand before the options: functions that look at it first need something that fits. */
const fillers: readonly unknown[] = [undefined, 1, x, () => 0, model];

/** The call that gives an option which is not known. */
function callOf({ path, kind, position }: TakesOptions, filler: unknown, wrong: string): Call {
  const args: unknown[] = [...new Array<unknown>(position).fill(filler), { [wrong]: 1 }];
  if (kind === 'function') return () => (at(path) as Call)(...args);
  if (kind === 'class') {
    // Some are there to be extended.
    class Own extends (at(path) as new () => object) {}
    return () => Reflect.construct(Own, args);
  }
  const { prototype } = at(path.slice(0, -1)) as { prototype: object };
  const method = methodOf(prototype, path.at(-1)!);
  const object = objects.find((o) => methodOf(o, path.at(-1)!) === method);
  if (!object) throw new Error('no object to try it on: add one to `objects`');
  return () => (method as Call).apply(object, args);
}

test('whatever takes options refuses those that it does not know, and names the closest', {
  timeout: 60_000,
}, async () => {
  const problems: string[] = [];
  const tried = new Set<unknown>();
  const found = publicOptions();
  for (const entry of found) {
    const name = entry.path.join('.');
    if (noOptions.some((rule) => rule.test(name))) continue;
    const { wrong, right } = misspelt(entry.names);
    if (entry.kind === 'method') {
      const { prototype } = at(entry.path.slice(0, -1)) as { prototype: object };
      const method = methodOf(prototype, entry.path.at(-1)!);
      if (method === undefined || tried.has(method)) continue;
      tried.add(method);
    }
    let answer = '';
    for (const filler of entry.position === 0 ? [undefined] : fillers) {
      try {
        await callOf(entry, filler, wrong)();
        answer = 'is accepted';
        break;
      } catch (error) {
        answer = (error as Error).message.split('\n').slice(0, 2).join(' ');
      }
      if (answer.includes(`unknown option "${wrong}"`) && answer.includes(`did you mean "${right}"`)) {
        answer = '';
        break;
      }
    }
    if (answer !== '') problems.push(`${name}({ ${wrong} }): ${answer.slice(0, 150)}`);
  }
  expect(problems).toEqual([]);
  expect(found.length).toBeGreaterThan(1000);
});
