import { fail } from '../base/errors.ts';
import { type Place, writeFileAtomic } from '../formats/file.ts';
import { type RasterizeOptions, svgToPng } from './rasterize.ts';

export type PictureFormat = 'png' | 'svg';

/** The format that a file's ending asks for. */
export function formatOf(who: string, toFile: Place, known: readonly string[] = ['png', 'svg']): string {
  const ending = /\.([A-Za-z0-9]+)$/.exec(String(toFile))?.[1]?.toLowerCase();
  if (!ending || !known.includes(ending))
    fail(
      who,
      ending ? `pictures of the kind ".${ending}" cannot be written` : `"${toFile}" has no ending that says its kind`,
      `end the file name in ${known.map((name) => `.${name}`).join(' or ')}`,
    );
  return ending;
}

/** An SVG picture as a file's bytes, PNG unless the name says SVG; written if there is a name. */
export async function savePicture(
  svg: string,
  format: PictureFormat,
  toFile: Place | undefined,
  options: RasterizeOptions = {},
): Promise<Uint8Array> {
  const bytes = format === 'svg' ? new TextEncoder().encode(svg) : await svgToPng(svg, options);
  if (toFile !== undefined) await writeFileAtomic(toFile, bytes);
  return bytes;
}
