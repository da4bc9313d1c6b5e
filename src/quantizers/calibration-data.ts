import { fail } from '../base/errors.ts';
import * as ops from '../ops/index.ts';
import { asTensor, type Tensor } from '../tensor/index.ts';
import type { AWQConfig, GPTQConfig, Tokenizer } from './calibrated-configs.ts';

const tokenize = (tokenizer: Tokenizer, text: string) =>
  'tokenize' in tokenizer && typeof tokenizer.tokenize === 'function'
    ? tokenizer.tokenize(text)
    : (tokenizer as (text: string) => never)(text);

/**
 * Samples of shape `(1, sequenceLength)`, evenly spaced in the concatenation of all texts, which is repeated if it is
 * too short.
 */
export function calibrationData(who: string, config: GPTQConfig | AWQConfig): Tensor[] {
  const { dataset, tokenizer, numSamples, sequenceLength } = config.config;
  if (!dataset || !tokenizer)
    fail(who, `mode '${config.mode}' needs data and a tokenizer`, `new ${config.className}({ dataset, tokenizer })`);
  const parts = [...dataset].map((x) => {
    const numbers = asTensor(typeof x === 'string' ? tokenize(tokenizer, x) : x);
    return ops.cast(ops.reshape(numbers, [-1]), 'int32');
  });
  const all = parts.length > 0 ? ops.concatenate(parts, { axis: 0 }) : ops.zeros([0], { dtype: 'int32' });
  if (all.size === 0) fail(who, 'the dataset holds no tokens', 'give texts, or arrays of the numbers of tokens');
  const wanted = numSamples * sequenceLength;
  const enough = all.size < wanted ? ops.tile(all, Math.ceil(wanted / all.size)) : all;
  const places = enough.size - sequenceLength + 1;
  const stride = Math.max(1, Math.floor(places / numSamples));
  return Array.from({ length: numSamples }, (_, k) =>
    ops.reshape(ops.slice(enough, [(k * stride) % places], [sequenceLength]), [1, sequenceLength]),
  );
}
