/** What `keras.quantizers` is; whoever imports it can quantize layers and models. */
import '../layers/quantized/index.ts';

export * from '../quantizers/index.ts';
