import type { OptionNames } from '../../base/options.ts';
import type { Tree } from '../../base/tree.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import type { KerasTensor } from '../../tensor/index.ts';

/** Options of `model.export`. */
export interface ExportOptions {
  /**
   * The format: `'onnx'`, or `'tfjs'`, a folder with a layers model of TensorFlow.js (which takes no further options but `verbose`).
   * Without it the ending of the name decides.
   */
  readonly format?: 'onnx' | 'tfjs' | undefined;
  /** The version of ONNX's operators that the file asks for, from 13 to 23; 18 by default. */
  readonly opsetVersion?: number | undefined;
  /** The inputs that the file declares, made by `keras.Input`; those of the model by default. Sizes that are null stay open. */
  readonly inputSignature?: Tree<KerasTensor> | undefined;
  /**
   * Whether weights stand in a file of their own beside the model's, `model.onnx.data`, as ONNX wants it above 2 GB. By default they do
   * where they take more than that. The two files belong together.
   */
  readonly externalData?: boolean | undefined;
  /** Whether a line says what was written; false by default. */
  readonly verbose?: boolean | undefined;
}
export const exportOptions: OptionNames<ExportOptions> = {
  format: true,
  opsetVersion: true,
  inputSignature: true,
  externalData: true,
  verbose: true,
};
/** What an export needs to know of a model. */
export interface OnnxModel extends AnyLayer {
  /** The KerasTensors at which the model starts; undefined if unknown. */
  readonly inputs: readonly KerasTensor[] | undefined;
  /** The names that outputs get in the file; undefined if unknown. */
  readonly outputNames: readonly string[] | undefined;
}
