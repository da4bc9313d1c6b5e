/** `queryDense` -> `query_dense`: a JavaScript name in Python's style. Digits stay with the word before them. */
export const snakeCase = (name: string): string => name.replace(/(?<!^)[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** The same of a type. */
export type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : '';

/** `kernelSize` -> `kernel_size`, `filters1` -> `filters_1`: the name of an option on disk. */
export const optionToDisk = (key: string): string => snakeCase(key).replace(/([a-z])([0-9]+)$/, '$1_$2');
/** `kernel_size` -> `kernelSize`, `filters_1` -> `filters1`. */
export const optionFromDisk = (key: string): string =>
  key.replace(/(?<!^)_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/** `conv1` -> `conv_1`: the same name with digits apart, as an attribute may be called in Python. */
export const digitsApart = (name: string): string => name.replace(/([a-z])(\d)/g, '$1_$2');

/** `Conv2D` -> `conv2d`, `LeakyReLU` -> `leaky_re_lu`: how Keras derives the names of objects from their classes. */
export const toSnakeCase = (className: string): string => inWords(className.replace(/\W+/g, ''));

/**
 * `convBN` -> `conv_bn`, `queryDense` -> `query_dense`: an attribute in Python's style. Consecutive capitals form one
 * word.
 */
export const inWords = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
