/**
 * Trains two detectors of handwritten digits, a YOLO and a RetinaNet, and reports how well each finds digits by other writers.
 * Run it with `npm run example detectors`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { loadScenes } from './data.ts';
import { digitRetinaNet, digitYolo } from './models.ts';
import { averagePrecision, train } from './train.ts';

const size = 64;
const out = 'out/detectors';
mkdirSync(out, { recursive: true });
const [training, unseen] = loadScenes(size);
const percent = (x: number): string => (100 * x).toFixed(1);

for (const [name, make] of Object.entries({ yolo: digitYolo, 'retina-net': digitRetinaNet })) {
  keras.utils.setRandomSeed(7);
  const [clock, work] = [performance.now(), process.cpuUsage()];
  const detector = make(size);
  await train(detector, training);
  const results = await averagePrecision(detector, unseen);
  const { user, system } = process.cpuUsage(work);
  const seconds = `${((performance.now() - clock) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU`;
  console.log(`${name}: ${detector.model.countParams()} weights, ${seconds}`);
  const { AP, AP50 } = results.figures;
  console.log(`  AP ${percent(AP!)}, AP50 ${percent(AP50!)}`);
  const ofEach = Object.entries(results.apByClass).map(([digit, ap]) => `${digit}: ${percent(ap)}`);
  console.log(`  of each digit: ${ofEach.join(', ')}`);

  const images = keras.ops.getItem(unseen[0], { slice: [0, 8] });
  const labels = keras.ops.getItem(unseen[1], { slice: [0, 8] });
  await keras.visualization.plotBoundingBoxGallery(images, {
    boundingBoxFormat: 'xyxy',
    yTrue: {
      boxes: keras.ops.getItem(labels, ['...', { slice: [0, 4] }]),
      labels: keras.ops.getItem(labels, ['...', 4]),
    },
    yPred: detector.detect(await detector.model.predict(images, { verbose: 0 })),
    valueRange: [0, 1],
    scale: 2,
    columns: 4,
    toFile: `${out}/${name}.png`,
  });
}
