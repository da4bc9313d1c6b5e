import { type Field, f } from '../../base/field/field.ts';

/** A probability. */
export const rateField = (): Field<number, number, true> => f.number({ min: 0, max: 1 });
/** A seed; null draws one. */
export const seedField = (): Field<number | null, number | null, false> => f.nullable(f.int());

type NoiseShape = readonly (number | null)[];
/** A shape in which null stands for the inputs' own size. */
export const noiseShapeField = (): Field<NoiseShape | null, NoiseShape | null, false> =>
  f.nullable(
    f.custom<NoiseShape, NoiseShape>({
      expects: 'an array of integers >= 1 and nulls',
      check: (v): v is NoiseShape =>
        Array.isArray(v) && v.every((n) => n === null || (Number.isInteger(n) && (n as number) >= 1)),
      parse: (v) => v,
    }),
  );
