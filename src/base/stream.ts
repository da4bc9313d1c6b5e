/** Something that gives one thing after the other: what JavaScript iterates over, or a stream of the web. */
export type Streamable<T = unknown> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

/** The stream that a function begins, or one that is there, to be iterated over. */
export async function begun<T>(
  source: Streamable<T> | (() => Streamable<T> | Promise<Streamable<T>>),
): Promise<Iterable<T> | AsyncIterable<T>> {
  const made = typeof source === 'function' ? await source() : source;
  // Some browsers' streams cannot be iterated over.
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
