import { part } from '../base/part.ts';
import type { ModelFormat } from './model-format.ts';

/** `.onnx` files: models of other libraries, and those that `model.export` wrote. */
export const onnxFormat: ModelFormat = {
  // A file begins with the version of its format; the name of its writer, the graph or its opset come next.
  recognises: ({ place, bytes }) =>
    bytes !== undefined &&
    (/\.onnx$/.test(String(place)) || (bytes[0] === 8 && bytes[1] < 32 && [0x12, 0x3a, 0x42].includes(bytes[2]))),
  readModel: async (file) => (await part('saving', () => import('./onnx/read/read-onnx.ts'))).readOnnx(file),
};
