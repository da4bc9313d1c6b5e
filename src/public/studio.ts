/** The studio in a page, which the core leaves out, as a file beside it. */
export { Studio } from '../studio/callback.ts';
export { studio } from '../studio/mount.ts';
export type { StudioNoteOptions, StudioOptions } from '../studio/options.ts';
