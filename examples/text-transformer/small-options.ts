/** The transformer of the live page: 161,000 parameters. */
export const smallOptions = { places: 64, width: 80, heads: 4, blocks: 2, dropout: 0 } as const;
