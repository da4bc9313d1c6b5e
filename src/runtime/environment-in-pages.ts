/** Pages have no environment variables. */
export const chosenByEnvironment = (): undefined => undefined;
