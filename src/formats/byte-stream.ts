import { fail } from '../base/errors.ts';
import { begun } from '../base/stream.ts';
import { type FileSource, readFile } from './file.ts';
import { hasFiles, nodeModules } from './node-modules.ts';

/** The bytes of a file as a stream, whatever the source; only the current piece is held in memory. */
export async function byteStream(source: FileSource): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  if (source instanceof Uint8Array) return [source];
  if (source instanceof ArrayBuffer) return [new Uint8Array(source)];
  if (source instanceof Blob) return begun<Uint8Array>(source.stream());
  const isAddress = /^(https?|blob|data):/.test(String(source));
  if (isAddress) {
    const response = await fetch(source).catch((error: Error) =>
      fail(`file ${source}`, `cannot be fetched: ${error.message}`, 'check the address'),
    );
    if (!response.ok) fail(`file ${source}`, `the server answered ${response.status}`, 'check the address');
    return response.body ? begun<Uint8Array>(response.body) : [];
  }
  return hasFiles() ? pieces(source) : [await readFile(source)];
}
async function* pieces(source: string | URL): AsyncGenerator<Uint8Array> {
  const { fs, url } = nodeModules(`file ${source}`, 'pass its bytes');
  const path = typeof source === 'string' && !source.startsWith('file:') ? source : url.fileURLToPath(source);
  const file = await fs
    .open(path)
    .catch((error: Error) => fail(`file ${source}`, `cannot be read: ${error.message}`, 'check the path'));
  try {
    for (;;) {
      const buffer = new Uint8Array(1 << 16);
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The same as text in UTF-8. */
export async function* textStream(source: FileSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return fail('text', 'it is not in UTF-8', 'convert the file to UTF-8');
    }
  };
  for await (const bytes of await byteStream(source)) yield decode(bytes);
  yield decode();
}
