/**
 * Trains the base of the live page, on all photographs without their labels, and writes its weights to `base.f16`.
 * Run it with `npm run examples && node examples/build/transfer-photographs/weights.js`, in the root of the repository.
 */
import { writeFileSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { halvesOf } from '../data/halves.ts';
import { loadMorePhotographs, loadPhotographs } from '../data/photographs.ts';
import { makeBase, side } from './model.ts';
import { pretrain } from './pretrain.ts';

keras.utils.setRandomSeed(7);
const [labelled, more] = await Promise.all([loadPhotographs(side), loadMorePhotographs(side)]);
const base = await makeBase();
await pretrain(base, ops.concatenate([labelled[0], more], { axis: 0 }), 40);
writeFileSync('examples/transfer-photographs/base.f16', await halvesOf(base));
