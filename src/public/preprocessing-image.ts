/** What `keras.preprocessing.image` is. */
export { arrayToImg, imgToArray } from '../utils/images/arrays.ts';
export { loadImg } from '../utils/images/load-img.ts';
export { saveImg } from '../utils/images/save-img.ts';
export { type SmartResizeOptions, smartResize } from '../utils/images/smart-resize.ts';
