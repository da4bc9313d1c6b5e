/** The studio in a page, which the core leaves out, as a file beside it. */
export { Studio, type StudioNoteOptions } from '../studio/callback.ts';
export { studio } from '../studio/mount.ts';
export type { StudioOptions } from '../studio/options.ts';
