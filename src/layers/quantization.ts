import { type Field, f } from '../base/field/field.ts';

/** An option of Keras's configs that says how weights are quantized. They are not here: it can only be null. */
export const quantizationField = (): Field<null, null, false> =>
  f.custom<null, null>({
    expects: 'null: weights are not quantized',
    check: (v): v is null => v === null,
    parse: (v) => v,
    initial: null,
  });
