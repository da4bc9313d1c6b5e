import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { KerasTensor, Tensor } from '../../src/tensor/index.ts';
import { bodies } from './op-bodies.ts';
import { callArguments, exported } from './op-calls.ts';
import { decodeValue, flat, type Json, readCases } from './op-values.ts';

interface OpCase {
  readonly id: string;
  readonly public: string;
  readonly args: readonly Json[];
  readonly kwargs: Readonly<Record<string, Json>>;
}
/** What cannot be an op of a model file, as in Keras. */
const impossible: Readonly<Record<string, string>> = {
  'numpy.repeat:v2': 'the repeats decide the shape',
  'numpy.bincount:v1': 'the weights are a tensor',
  'numpy.clip:v2': 'a bound is a tensor',
  'numpy.where:v3': 'the result is a list of places',
  'numpy.trapezoid:v2': 'the option x is a tensor',
  'core.convert_to_numpy:v0': 'the result is numbers',
  'image.elastic_transform:v0': 'it draws other numbers each time',
  'image.elastic_transform:v1': 'it draws other numbers each time',
  'math.stft:v3': 'the window is a tensor',
};

const families = ['ops_numpy', 'ops_nn', 'ops_core', 'ops_math', 'ops_linalg', 'ops_image'];
/** How many cases of a family are models: the others have no tensor among their inputs or outputs, or need values at once. */
const counts: Readonly<Record<string, number>> = {
  ops_numpy: 633,
  ops_nn: 260,
  ops_core: 26,
  ops_math: 55,
  ops_linalg: 37,
  ops_image: 95,
};
test.each(families)('%s: a model of one op gives the same after its config was written and read', async (family) => {
  const problems: string[] = [];
  let models = 0;
  for (const c of readCases<OpCase>(family)) {
    const text = JSON.stringify([c.args, c.kwargs]);
    if (c.id.includes('(large)') || 'call_args' in c || text.includes('"body"') || text.includes('complex64')) continue;
    if (c.id in impossible) continue;
    const inputs: KerasTensor[] = [];
    const values: Tensor[] = [];
    const symbolic = (x: unknown): unknown => {
      if (Array.isArray(x)) return x.map(symbolic);
      if (!(x instanceof Tensor) || x.shape.length === 0) return x;
      const input = keras.Input({ batchShape: [...x.shape], dtype: x.dtype });
      inputs.push(input);
      values.push(x);
      return input;
    };
    const args = c.args.map((x) => symbolic(decodeValue(x, bodies)));
    const kwargs = Object.entries(decodeValue(c.kwargs, bodies) as object).map(([k, x]) => [k, symbolic(x)]);
    if (inputs.length === 0) continue;
    try {
      const results = flat(await exported(c.public)!(...callArguments(c.public, args, Object.fromEntries(kwargs))));
      const outputs = results.filter((y): y is KerasTensor => y instanceof KerasTensor);
      if (outputs.length === 0) continue;
      const model = new keras.Model({ inputs, outputs });
      const again = keras.models.modelFromJson<keras.Model>(model.toJson());
      const [first, second] = await Promise.all(
        [model, again].map((m) => Promise.all(flat(m(values)).map((y) => (y as Tensor).array()))),
      );
      models++;
      expect(second).toEqual(first);
    } catch (error) {
      if (/not known yet|not at hand|has none yet|leaves the sizes/.test(String(error))) continue;
      problems.push(`${c.id}: ${String(error).slice(0, 300)}`);
    }
  }
  expect(problems).toEqual([]);
  expect(models).toBe(counts[family]);
});
