import { f, type Options } from '../../../base/field/field.ts';
import type { LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { IndexLookup } from './index-lookup.ts';
import { lookupFields } from './lookup-fields.ts';

const fields = {
  ...lookupFields,
  /** The token for padding: it has the index 0 in the mode "int" and is left out in others. */
  maskToken: f.nullable(f.string()),
  /** The token for unknown indices with `invert`. */
  oovToken: f.nullable(f.string(), '[UNK]'),
  /** Name of the encoding, as Keras has it; strings here are Unicode. */
  encoding: f.string({ initial: 'utf-8' }),
};

/**
 * Turns strings into indices of a vocabulary that is given or learned by `adapt(data)`: `(n, …)` stays `(n, …)` of int32, or becomes
 * vectors by `outputMode`. Indices begin with that of the mask token (where there is one, in the mode "int") and those of tokens
 * that are not known. With `invert` indices become strings. Takes arrays of strings, and `Input({ dtype: 'string' })`.
 * @example new StringLookup({ vocabulary: ['a', 'b'] })([['b', 'z']]) // [[2, 0]]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
 */
export class StringLookup extends IndexLookup<typeof fields, string> {
  static override readonly className = 'StringLookup';
  static override readonly fields = fields;
  protected readonly tokenDtype = 'string';

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
  }
  protected parse(line: string): string {
    return line;
  }

  static {
    ownLayer(this);
  }
}
