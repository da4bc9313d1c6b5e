import { exact } from '../../base/exact.ts';
import { part } from '../../base/part.ts';
import type { ExportOptions, OnnxModel } from './export-options.ts';

/** The bytes of an `.onnx` file: what the model computes, as `model.export` writes it. */
export const modelToOnnx = exact(
  'saving.modelToOnnx',
  2,
  async (model: OnnxModel, options: ExportOptions = {}): Promise<Uint8Array> =>
    (await part('saving', () => import('./export-model.ts'))).modelToOnnx(model, options),
);
