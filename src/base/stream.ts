/** A source of successive values: anything JavaScript can iterate over, or a web stream. */
export type Streamable<T = unknown> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

/** A stream to iterate over: an existing one, or the one that a function starts. */
export async function begun<T>(
  source: Streamable<T> | (() => Streamable<T> | Promise<Streamable<T>>),
): Promise<Iterable<T> | AsyncIterable<T>> {
  const made = typeof source === 'function' ? await source() : source;
  // In some browsers streams are not iterable.
  return Symbol.asyncIterator in made || Symbol.iterator in made ? made : chunks(made);
}
async function* chunks<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
