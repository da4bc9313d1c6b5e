/** What we use of packages that come without types */
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
