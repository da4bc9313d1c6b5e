import { part } from '../base/part.ts';

/** The bytes of a file that a build carries as text: compressed (zlib), in base 64. */
export async function unpack(text: string): Promise<Uint8Array> {
  const { unzlibSync } = await part('picture', () => import('fflate'));
  return unzlibSync(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
}
