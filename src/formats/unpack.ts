/** The bytes of a file that a build carries as text: compressed (zlib), in base 64. It stands alone, for modules and bundles to share. */
export async function unpack(text: string): Promise<Uint8Array> {
  const { unzlibSync } = await import('fflate');
  return unzlibSync(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
}
