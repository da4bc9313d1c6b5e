import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';

/** What lies in a tar archive. */
export interface TarEntry {
  /** Path from the archive's root, as the archive spells it. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'hardlink' | 'other';
  /** Where a link leads. */
  readonly target: string | undefined;
  readonly size: number;
  /** Permissions. */
  readonly mode: number;
  /** The bytes of a file; they are skipped unless consumed before the next entry is requested. */
  readonly body: AsyncIterable<Uint8Array>;
}

const kinds: Readonly<Record<string, TarEntry['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hardlink',
};

/** The entries of a tar archive (ustar, pax, GNU), in order, from its decompressed bytes; nothing is kept in memory. */
export async function* readTar(who: string, bytes: ReadableStream<Uint8Array>): AsyncIterable<TarEntry> {
  const { createTarDecoder } = await part('tar', () => import('modern-tar'));
  const reader = bytes.pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: Error) => damaged(who, error));
      if (done) return;
      const { header, body } = value;
      let isTaken = false;
      yield {
        name: header.name,
        kind: kinds[header.type ?? 'file'] ?? 'other',
        target: header.linkname,
        size: header.size,
        mode: header.mode ?? 0o644,
        body: {
          async *[Symbol.asyncIterator]() {
            isTaken = true;
            const chunks = body.getReader();
            for (;;) {
              const chunk = await chunks.read().catch((error: Error) => damaged(who, error));
              if (chunk.done) return;
              yield chunk.value;
            }
          },
        },
      };
      if (!isTaken) await body.cancel();
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
/** The files of a small archive (tar.gz) in memory, by their names. */
export async function filesOfTar(who: string, bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const unpacked = packed.pipeThrough(new DecompressionStream('gzip') as TransformStream<Uint8Array, Uint8Array>);
  for await (const { name, kind, body } of readTar(who, unpacked)) {
    if (kind !== 'file') continue;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of body) chunks.push(chunk as Uint8Array<ArrayBuffer>);
    files.set(name, new Uint8Array(await new Blob(chunks).arrayBuffer()));
  }
  return files;
}

const damaged = (who: string, error: Error): never =>
  fail(who, `cannot be unpacked: ${error.message}`, 'the archive is damaged or incomplete: fetch it again');
