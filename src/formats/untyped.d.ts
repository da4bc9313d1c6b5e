/** What we use of packages that come without types, or with types that are not found. */
declare module 'seek-bzip' {
  const bzip: {
    /** The unpacked bytes of a file, or of several one after the other. Throws where they are damaged. */
    decode(input: Uint8Array, output?: undefined, multistream?: boolean): Uint8Array<ArrayBuffer>;
  };
  export default bzip;
}
declare module 'omggif' {
  export class GifReader {
    constructor(bytes: Uint8Array);
    readonly width: number;
    readonly height: number;
    frameInfo(frame: number): { transparent_index: number | null };
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}
/** Its own types cannot be found by their names. */
declare module 'txml' {
  export interface XmlElement {
    readonly tagName: string;
    readonly children: readonly (XmlElement | string)[];
  }
  export function parse(
    text: string,
    options?: { readonly decodeEntities?: boolean },
  ): readonly (XmlElement | string)[];
}
