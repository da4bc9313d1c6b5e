import * as ort from 'onnxruntime-web';
import { fromFloat16 } from '../../src/base/half-floats.ts';
import type { Tensor } from '../../src/index.ts';

// One thread: the runtime's own are not ended with a test.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Elements as the runtime takes them: truth values as bytes, the rest as they are stored. */
async function given(t: Tensor): Promise<ort.Tensor> {
  const data = (await t.data()) as ort.Tensor.DataType;
  return new ort.Tensor(t.dtype as ort.Tensor.Type, data, [...t.shape]);
}
export interface Answer {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}
/** What ONNX Runtime makes of a model in bytes, and of files beside it, given its inputs in order; outputs by their names. */
export async function runOnnx(
  bytes: Uint8Array,
  inputs: readonly Tensor[],
  beside: Readonly<Record<string, Uint8Array>> = {},
): Promise<Record<string, Answer>> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'basic',
    externalData: Object.entries(beside).map(([path, data]) => ({ path, data })),
  });
  try {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [k, name] of session.inputNames.entries()) feeds[name] = await given(inputs[k]!);
    const results = await session.run(feeds);
    const answers = session.outputNames.map((name) => {
      const { dims, data, type } = results[name]!;
      const numbers =
        type === 'bool'
          ? Array.from(data as Uint8Array, Boolean).map(Number)
          : type === 'float16'
            ? Array.from(data as unknown as Uint16Array, fromFloat16)
            : Array.from(data as Iterable<number>, Number);
      return [name, { dims, data: numbers }] as const;
    });
    return Object.fromEntries(answers);
  } finally {
    await session.release();
  }
}
