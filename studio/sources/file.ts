import type { StudioLine, StudioSource } from '../../src/studio/protocol.ts';

/** Lines contained in the page itself: nothing answers questions. */
export function fileSource(text: string): StudioSource {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as StudioLine);
  return {
    listen: (tell) => {
      tell(lines);
      return () => undefined;
    },
    answers: [],
    ask: (question) =>
      Promise.reject(new Error(`A file does not answer: open the model with "hornbeam studio" (${question}).`)),
  };
}
