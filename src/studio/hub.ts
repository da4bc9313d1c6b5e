import { fail } from '../base/errors.ts';
import type { StudioAnswers, StudioLine, StudioQuestion, StudioSource } from './protocol.ts';

/** Answers a page's questions. */
export type Answering = {
  readonly [Q in StudioQuestion]?: (what: StudioAnswers[Q]['ask']) => Promise<StudioAnswers[Q]['answer']>;
};
type Tell = (lines: readonly StudioLine[]) => void;

/** Collects lines and forwards them to pages, and the pages' questions to the model. */
export class Hub {
  readonly #lines: StudioLine[] = [];
  readonly #listeners = new Set<Tell>();
  /** Answers questions; may be set later. */
  answering: Answering = {};

  send(...lines: readonly StudioLine[]): void {
    this.#lines.push(...lines);
    for (const tell of this.#listeners) tell(lines);
  }
  /** Sends all lines from a given number on, and future ones. */
  listen(tell: Tell, from = 0): () => void {
    const before = this.#lines.slice(from);
    if (before.length > 0) tell(before);
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }
  get answers(): StudioQuestion[] {
    return Object.keys(this.answering) as StudioQuestion[];
  }
  async ask<Q extends StudioQuestion>(question: Q, what: StudioAnswers[Q]['ask']): Promise<StudioAnswers[Q]['answer']> {
    const answer = Object.hasOwn(this.answering, question) ? this.answering[question] : undefined;
    if (!answer) fail('studio', `nobody answers "${question}" here`, 'open the model itself');
    return answer(what);
  }
  /** The connection for a page in the same process. */
  get source(): StudioSource {
    const { answers } = this;
    return { listen: (tell) => this.listen(tell), answers, ask: (question, what) => this.ask(question, what) };
  }
}

const hubs = new WeakMap<object, Hub>();
/** The hub of a model, shared by its runs and pages. */
export function hubOf(model: object): Hub {
  const known = hubs.get(model);
  if (known) return known;
  const made = new Hub();
  hubs.set(model, made);
  return made;
}
