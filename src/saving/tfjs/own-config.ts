import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';

const rnnOptions = [
  'name',
  'trainable',
  'dtype',
  'batch_input_shape',
  'cell',
  'return_sequences',
  'return_state',
  'go_backwards',
  'stateful',
  'unroll',
];
/**
 * A config of tfjs in the form of Keras 2: tfjs writes null for options that were not given, and repeats the options of a cell in the
 * layer RNN that holds it.
 */
export function fromOwnConfig(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(fromOwnConfig);
  if (!isPlainObject(x)) return x;
  const { class_name: name, config } = x;
  const isLayer = typeof name === 'string' && isPlainObject(config);
  return Object.fromEntries(
    Object.entries(x).map(([key, value]) => [
      key,
      isLayer && key === 'config' ? fromOwnConfig(given(name, config)) : fromOwnConfig(value),
    ]),
  );
}
const given = (name: string, config: Config): Config =>
  Object.fromEntries(
    Object.entries(config).filter(([key, value]) => value !== null && (name !== 'RNN' || rnnOptions.includes(key))),
  );
