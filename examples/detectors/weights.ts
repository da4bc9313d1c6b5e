/**
 * Trains the YOLO of the live page, longer than `main.ts` does, and writes its weights to `yolo.f16`.
 * Run it with `npm run examples && node examples/build/detectors/weights.js`, in the root of the repository.
 */
import { writeFileSync } from 'node:fs';
import * as keras from 'hornbeam';
import { halvesOf, setHalves } from '../data/halves.ts';
import { loadScenes } from './data.ts';
import { digitYolo } from './models.ts';
import { averagePrecision, train } from './train.ts';

keras.utils.setRandomSeed(7);
const size = 64;
const [training, unseen] = loadScenes(size, { training: 4000, unseen: 400, copies: 3 });
const detector = digitYolo(size);
await train(detector, training, { epochs: 24 });
const bytes = await halvesOf(detector.model);
setHalves(detector.model, bytes.buffer as ArrayBuffer);
const { figures, apByClass } = await averagePrecision(detector, unseen);
writeFileSync('examples/detectors/yolo.f16', bytes);
console.log(`${detector.model.countParams()} weights, ${bytes.length} bytes`, figures, apByClass);
