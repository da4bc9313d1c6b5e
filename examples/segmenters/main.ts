/**
 * Trains two segmenters, a U-Net and a DeepLab, to label the pixels of scenes of handwritten digits.
 * Run it with `npm run example segmenters`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { digitDeepLab, digitUNet } from './models.ts';
import { ious, loadScenes, train } from './train.ts';

const size = 64;
const out = 'out/segmenters';
mkdirSync(out, { recursive: true });
const [training, unseen] = loadScenes(size);
const percent = (x: number): string => (100 * x).toFixed(1);

for (const [name, make] of Object.entries({ 'u-net': digitUNet, 'deep-lab': digitDeepLab })) {
  keras.utils.setRandomSeed(7);
  const [clock, work] = [performance.now(), process.cpuUsage()];
  const model = make(size);
  await train(model, training);
  const [paper, ...digits] = await ious(model, unseen);
  const { user, system } = process.cpuUsage(work);
  const seconds = `${((performance.now() - clock) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU`;
  console.log(`${name}: ${model.countParams()} weights, ${seconds}`);
  const all = [paper!, ...digits];
  console.log(`  mean IoU ${percent(all.reduce((sum, x) => sum + x, 0) / all.length)}, paper ${percent(paper!)}`);
  console.log(`  of each digit: ${digits.map((iou, digit) => `${digit}: ${percent(iou)}`).join(', ')}`);

  const [images, masks] = unseen.map((x) => keras.ops.getItem(x, { slice: [0, 6] })) as [keras.Tensor, keras.Tensor];
  const logits = await model.predict(images, { verbose: 0 });
  await keras.visualization.plotSegmentationMaskGallery(keras.ops.repeat(images, 3, { axis: -1 }), {
    yTrue: masks,
    yPred: keras.ops.argmax(logits, { axis: -1 }),
    numClasses: 10,
    valueRange: [0, 1],
    scale: 2,
    toFile: `${out}/${name}.png`,
  });
}
