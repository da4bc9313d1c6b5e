/** Where a command writes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Characters in a line of the terminal; unlimited for files and pipes. */
  readonly columns: number;
}

/** Characters that move the cursor, change colours, ring the bell or reverse the direction of text: names in files may contain them. */
const unseen = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
/** A text that is safe to print: control characters are escaped as in JSON, `\u001b`. */
export const printable = (text: string): string =>
  text.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
