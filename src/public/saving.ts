/** What `keras.saving` is. */
export * from './page-saving.ts';
export { type Comparison, KerasFileEditor, modelToOnnx } from './tools.ts';
