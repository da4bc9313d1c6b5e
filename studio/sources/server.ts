import type { StudioAnswers, StudioLine, StudioQuestion, StudioSource } from '../../src/studio/protocol.ts';

/** A server that sends lines as they come and answers questions; `token` lets this page in. */
export function serverSource(token: string, answers: readonly StudioQuestion[]): StudioSource {
  const headers = { authorization: `Bearer ${token}` };
  return {
    answers,
    listen(tell) {
      const end = new AbortController();
      void follow(headers, tell, end.signal);
      return () => end.abort();
    },
    async ask<Q extends StudioQuestion>(question: Q, what: StudioAnswers[Q]['ask']) {
      const response = await fetch(`ask/${question}`, { method: 'POST', headers, body: JSON.stringify(what) });
      const answer = await response.json();
      if (!response.ok) throw new Error(String(answer.error));
      return answer as StudioAnswers[Q]['answer'];
    },
  };
}

/** Reads lines until the page is left; after a lost connection, continues where it broke. */
async function follow(
  headers: Record<string, string>,
  tell: (lines: StudioLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let taken = 0;
  while (!signal.aborted) {
    try {
      const response = await fetch(`events?from=${taken}`, { headers, signal });
      if (response.status === 403) return;
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const pieces = (rest + part.value).split('\n');
        rest = pieces.pop()!;
        const lines = pieces.filter((line) => line !== '').map((line) => JSON.parse(line) as StudioLine);
        taken += lines.length;
        if (lines.length > 0) tell(lines);
      }
    } catch {
      // The server is gone, or was restarted.
    }
    await new Promise((next) => setTimeout(next, 1000));
  }
}
