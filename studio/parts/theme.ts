import { createContext } from 'preact';

/** Whether the page is dark: for painted parts, which do not follow style sheets. */
export const Dark = createContext(false);
