// Writes JPEGs like photographs into a folder, two classes of them: node bench/images/make.mjs FOLDER [COUNT]
import { mkdirSync } from 'node:fs';
import * as keras from '../../dist/node/index.js';

const [folder, count = '512'] = process.argv.slice(2);
const { ops, random } = keras;
for (let n = 0; n < Number(count); n++) {
  const path = `${folder}/${n % 2}`;
  mkdirSync(path, { recursive: true });
  const noise = (size, seed) => random.uniform([size, size, 3], { seed });
  const layer = (size, seed) => ops.image.resize(noise(size, seed), [375, 500], { interpolation: 'bicubic' });
  const [rough, fine] = [layer(6, n), layer(90, n + 9999)];
  const image = ops.clip(ops.add(ops.multiply(rough, 190), ops.multiply(fine, 60)), 0, 255);
  await keras.utils.saveImg(`${path}/${n}.jpg`, image, { scale: false, quality: 88 });
}
