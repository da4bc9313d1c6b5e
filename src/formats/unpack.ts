/**
 * The bytes of a file that a build embeds as text: compressed (zlib), in base 64. A file of its own, so that modules
 * and bundles share it.
 */
export async function unpack(text: string): Promise<Uint8Array> {
  const { unzlibSync } = await import('fflate');
  return unzlibSync(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
}
