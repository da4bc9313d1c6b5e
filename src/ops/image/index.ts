export { type ResizeOptions, resize, scaleAndTranslate } from './resize.ts';
