export const fontFamily = 'Arimo';

/** Characters that XML does not allow, not even escaped: control characters and lone surrogates. */
const unwritable = /[^\P{Cc}\t\n\r]|[\p{Cs}\ufffe\uffff]/gu;

/** Escapes a text for SVG, between tags or within double quotes. */
export const escapeXml = (text: string): string =>
  text
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Truncates a text, with an ellipsis, to a number of characters. */
export const shortened = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
};

/** Approximate width of a text in bold Arimo. */
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
