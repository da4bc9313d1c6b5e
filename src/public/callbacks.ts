export { Studio } from '../studio/callback.ts';
export type { StudioNoteOptions, StudioOptions } from '../studio/options.ts';
export * from '../training/callbacks/index.ts';
