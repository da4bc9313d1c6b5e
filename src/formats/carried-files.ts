/** Files needed from other packages, under the names by which Node resolves them. Builds embed them as modules. */
export const renderer = '@resvg/resvg-wasm/index_bg.wasm';
export const jpegDecoder = '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
export const jpegEncoder = '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm';
export const webpDecoder = '@jsquash/webp/codec/dec/webp_dec.wasm';

export const scripts = ['latin', 'latin-ext', 'greek', 'cyrillic'] as const;
export type Script = (typeof scripts)[number];

/**
 * Arimo's files for a script, regular and bold. Its metrics equal those of Helvetica and Arial, for which Graphviz lays
 * out text.
 */
export const fontFiles = (script: Script): string[] =>
  [400, 700].map((weight) => `@fontsource/arimo/files/arimo-${script}-${weight}-normal.woff`);

export const carriedFiles: readonly string[] = [
  renderer,
  jpegDecoder,
  jpegEncoder,
  webpDecoder,
  ...scripts.flatMap(fontFiles),
];
