/** What `keras.preprocessing` is: other names of what is in `keras.utils`. */
export * as image from './preprocessing-image.ts';
