import { expect, it } from 'vitest';
import { digitsApart, inWords, optionFromDisk, optionToDisk, snakeCase, toSnakeCase } from './case.ts';

it('writes options as Keras spells them, and reads them back, with digits', () => {
  for (const [option, onDisk] of [
    ['kernelSize', 'kernel_size'],
    ['filters1', 'filters_1'],
    ['conv2dFilters', 'conv2d_filters'],
    ['N', 'N'],
  ] as const) {
    expect(optionToDisk(option)).toBe(onDisk);
    expect(optionFromDisk(onDisk)).toBe(option);
  }
});
it('keeps digits of attributes, and gives the spelling with digits apart beside it', () => {
  expect([snakeCase('queryDense'), snakeCase('conv1'), digitsApart('conv1')]).toEqual([
    'query_dense',
    'conv1',
    'conv_1',
  ]);
});
it('names objects after their classes as Keras does', () => {
  expect(['Conv2D', 'LeakyReLU', 'PReLU', 'GRUCell', 'UpSampling2D'].map(toSnakeCase)).toEqual([
    'conv2d',
    'leaky_re_lu',
    'p_re_lu',
    'gru_cell',
    'up_sampling2d',
  ]);
});
it('takes capitals in a row of an attribute for one word, as in Python', () => {
  expect(['convBN', 'queryDense', 'conv2D', 'fcA', '_ownRNN', 'x$'].map(inWords)).toEqual([
    'conv_bn',
    'query_dense',
    'conv2d',
    'fc_a',
    '_own_rnn',
    'x$',
  ]);
});
