import * as keras from 'hornbeam';

/** Penguins one by one, `[measures, sex]` with 1 for a male, from a file like that in `examples/data`; those of unknown sex are left out. */
export function loadPenguins(file: string) {
  const measure = { dtype: 'float32', missing: -1 } as const;
  return keras.data
    .fromCsv(file, {
      columns: {
        species: 'string',
        island: 'string',
        beak_length_mm: measure,
        beak_depth_mm: measure,
        flipper_length_mm: measure,
        body_mass_g: measure,
        sex: { dtype: 'string', missing: '' },
      },
      label: 'sex',
      missingValues: ['NA'],
    })
    .filter(async (_, sex) => ((await sex.item()) as unknown as string) !== '')
    .map(async (penguin, sex) => [penguin, ((await sex.item()) as unknown as string) === 'male' ? 1 : 0] as const);
}
