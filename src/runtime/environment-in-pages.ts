/** A page has no environment. */
export const chosenByEnvironment = (): undefined => undefined;
