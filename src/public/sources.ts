/** What the core of pages leaves out, as a file beside it: where data come from. */
export { type GetFileOptions, getFile } from '../utils/get-file.ts';
export * as data from './data.ts';
