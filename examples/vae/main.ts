/**
 * Trains a variational autoencoder with a latent plane on handwritten digits and draws the plane.
 * Run it with `npm run example vae`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { loadData } from '../data/load-data.ts';
import { latentPlane } from './latent-plane.ts';
import { makeDecoder, makeEncoder, VAE } from './model.ts';

const out = 'out/vae';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const [[xTrain], [xTest, yTest]] = loadData();
const vae = new VAE({ encoder: makeEncoder(), decoder: makeDecoder() });
vae.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 2e-3 }) });
await vae.fit(xTrain, { epochs: 60, batchSize: 64, verbose: 2 });

const results = await vae.evaluate(xTest, { batchSize: 359, verbose: 0, returnDict: true });
const [zMean] = await vae.encoder.predict(xTest, { verbose: 0 });
await keras.visualization.plotImageGallery(await latentPlane(vae.decoder, { images: xTest, labels: yTest, zMean }), {
  yTrue: [0, 1],
  labelMap: ['Where digits that it has not seen are encoded', 'What the same places are decoded to'],
  columns: 2,
  scale: 4,
  valueRange: [0, 1],
  toFile: `${out}/latent-plane.png`,
});
console.log(results);
console.log(`The picture is ${out}/latent-plane.png.`);
