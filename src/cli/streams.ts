/** Where a command writes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Characters in a line of the terminal; unlimited for files and pipes. */
  readonly columns: number;
}

/** Characters that move the cursor, colour, ring, or turn the direction of a text: names in files may hold them. */
const unseen = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
/** A text that a terminal shows as it is: what would act upon it is written as JSON writes characters, `\u001b`. */
export const printable = (text: string): string =>
  text.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
