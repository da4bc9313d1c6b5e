export { Studio, type StudioNoteOptions } from '../studio/callback.ts';
export type { StudioOptions } from '../studio/options.ts';
export * from '../training/callbacks/index.ts';
