/** What a name in the browser's own database begins with. */
export const stored = 'indexeddb://';
/** What the name of a file that the user downloads begins with. */
export const download = 'downloads://';

/** Whether a place is one that only browsers have: `indexeddb://name` or `downloads://name`. */
export const isBrowserPlace = (place: unknown): boolean =>
  String(place).startsWith(stored) || String(place).startsWith(download);
