import { createContext } from 'preact';

/** Whether the page is dark: for what is painted, and does not follow style sheets. */
export const Dark = createContext(false);
