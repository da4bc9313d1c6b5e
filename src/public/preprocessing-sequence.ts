/** What `keras.preprocessing.sequence` is: another name of what is in `keras.utils`. */
export { padSequences } from '../utils/pad-sequences.ts';
