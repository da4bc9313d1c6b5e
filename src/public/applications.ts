/** What the core of pages leaves out, as a file beside it: models from papers. */
export * from '../applications/index.ts';
