/** Where data come from, of what `keras.utils` has. */
export { type GetFileOptions, getFile } from './get-file.ts';
