import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { modelToOnnx } from '../../src/saving/onnx/export-model.ts';
import type { OnnxModel } from '../../src/saving/onnx/export-options.ts';
import { tensorsIn } from '../../src/tensor/index.ts';
import { isStored, numbersOf, type Stored } from '../conformance/cases.ts';
import { customObjects } from '../conformance/custom-objects.ts';
import { fileOf, inputsOf, modelCases } from '../conformance/model-cases.ts';
import { runOnnx } from './session.ts';

const flatStored = (x: unknown): Stored[] =>
  isStored(x) ? [x] : typeof x === 'object' && x !== null ? Object.values(x).flatMap(flatStored) : [];

const cases = modelCases.filter(
  (c) => (c.kind === 'model_file' || c.kind === 'model_assets') && c.files.some((f) => f.endsWith('.keras')),
);
/** What looks strings up stays on the host. */
const refused = new Set(['adapted_text', 'adapted_words', 'adapted_numbers', 'preprocessing']);
/** Models that compute in bfloat16, in whose place ONNX has float32: the rest of 8 bits. */
const rough = new Map([['mixed_policy', 2 ** -6]]);

for (const c of cases.filter(({ id }) => !refused.has(id)))
  test(`${c.id} answers in ONNX Runtime as in Keras, for any batch`, async () => {
    const model = await keras.models.loadModel<OnnxModel>(fileOf(`${c.id}.keras`), { customObjects });
    const bytes = await modelToOnnx(model, {});
    const inputs = tensorsIn(inputsOf(c)).map((t, k) => keras.ops.cast(t, model.inputs![k]!.dtype));
    const expected = flatStored(c.outputs);
    const answers = Object.values(await runOnnx(bytes, inputs));
    expect(answers.length).toBe(expected.length);
    answers.forEach(({ dims, data }, k) => {
      expect(dims).toEqual(expected[k]!.shape);
      const numbers = Array.from(numbersOf(expected[k]!));
      const largest = Math.max(...numbers.map(Math.abs));
      const worst = Math.max(...data.map((y, n) => Math.abs(y - numbers[n]!)));
      expect(worst / largest).toBeLessThan(rough.get(c.id) ?? 1e-5);
    });
    // The batch is open.
    const first = Object.values(
      await runOnnx(
        bytes,
        inputs.map((t) => keras.ops.split(t, [1])[0]!),
      ),
    );
    first.forEach(({ dims, data }, k) => {
      expect(dims[0]).toBe(1);
      const whole = answers[k]!.data;
      const largest = Math.max(...whole.map(Math.abs));
      data.forEach((y, n) => expect(Math.abs(y - whole[n]!) / largest).toBeLessThan(1e-5));
    });
  });

test('what cannot be exported is refused by name, all at once', async () => {
  for (const id of refused) {
    const model = await keras.models.loadModel<OnnxModel>(fileOf(`${id}.keras`), { customObjects });
    const problem =
      id === 'adapted_numbers' || id === 'preprocessing' ? /lookup: it looks something up/ : /dtype string/;
    await expect(modelToOnnx(model, {})).rejects.toThrow(problem);
  }
});
