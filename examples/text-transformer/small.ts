/**
 * Trains the smaller transformer whose weights the live page has, `small.f16`: 16-bit floats, one weight after the other.
 * Run it with `npm run examples && node examples/build/text-transformer/small.js`, in the root of the repository.
 */
import { writeFileSync } from 'node:fs';
import { halvesOf } from '../data/halves.ts';
import { learn } from './learn.ts';
import { smallOptions } from './small-options.ts';

const stride = (smallOptions.places * 3) / 4;
const { model, characters } = await learn({ ...smallOptions, stride, epochs: 10, learningRate: 4e-3 });
const bytes = await halvesOf(model);
writeFileSync('examples/text-transformer/small.f16', bytes);
writeFileSync('examples/text-transformer/small.json', `${JSON.stringify(characters.known)}\n`);
console.log(`${model.countParams()} parameters, ${bytes.length} bytes`);
