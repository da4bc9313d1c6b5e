import { kerasArchive, kerasFolder } from './keras/keras-format.ts';
import { shardedWeights } from './keras/shards-format.ts';
import { h5Format } from './legacy/h5-format.ts';
import type { ModelFormat } from './model-format.ts';
import { onnxFormat } from './onnx-format.ts';
import { safetensorsFormat } from './safetensors-format.ts';
import { tfjsFormat } from './tfjs-format.ts';

/** All formats. Of those that can write a given name or read a given file, the first is used. */
export const modelFormats: readonly ModelFormat[] = [
  tfjsFormat,
  kerasFolder,
  kerasArchive,
  h5Format,
  shardedWeights,
  safetensorsFormat,
  onnxFormat,
];
