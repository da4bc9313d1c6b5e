/** What `keras.saving` is. */
export * from './page-saving.ts';
export { type Comparison, KerasFileEditor } from './tools.ts';
