export const fontFamily = 'Arimo';

/** Characters that no XML file may hold, in whatever way they are written: controls and halves of pairs. */
const unwritable = /[^\P{Cc}\t\n\r]|[\p{Cs}\ufffe\uffff]/gu;

/** A text as it stands in an SVG picture, between tags or as a value in double quotes. */
export const escapeXml = (text: string): string =>
  text
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A text of so many characters at the most: a longer one ends in dots. */
export const shortened = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
};

/** About how wide a text in bold Arimo is. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const c of text)
    width += /[ijl.,:;'|! ]/.test(c)
      ? 0.29
      : /[ftrI()[\]/-]/.test(c)
        ? 0.36
        : /[mwMW%@]/.test(c)
          ? 0.89
          : /[A-Z]/.test(c)
            ? 0.71
            : /[\u2e80-\uffff]/.test(c)
              ? 1
              : 0.58;
  return width * size;
}
/** What every text of a picture shares. */
export const textStyle = `font-family="${fontFamily}, Helvetica, Arial, sans-serif"`;
