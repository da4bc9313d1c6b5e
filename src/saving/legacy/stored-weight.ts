/** A weight in the file, with its name there. */
export interface StoredWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number | bigint>;
}

/** Which Keras wrote the weights, on which backend. */
export interface Origin {
  readonly version: string;
  readonly backend: string;
}
