/** What we use of a package that comes without types. */
declare module 'seek-bzip' {
  const bzip: {
    /** The unpacked bytes of a file, or of several one after the other. Throws where they are damaged. */
    decode(input: Uint8Array, output?: undefined, multistream?: boolean): Uint8Array<ArrayBuffer>;
  };
  export default bzip;
}
