import type { StudioAnswers, StudioQuestion, StudioSource, StudioWeightValues } from '../src/studio/protocol.ts';
import { Store } from './store.ts';

/** What the page knows, and the source it asks. */
export class Studio {
  readonly store = new Store();
  readonly #source: StudioSource;
  readonly close: () => void;

  constructor(source: StudioSource) {
    this.#source = source;
    this.close = source.listen((lines) => this.store.take(lines));
  }
  /** Whether questions are answered: a file answers none. */
  can(question: StudioQuestion): boolean {
    return this.#source.answers.includes(question);
  }
  ask<Q extends StudioQuestion>(question: Q, what: StudioAnswers[Q]['ask']): Promise<StudioAnswers[Q]['answer']> {
    return this.#source.ask(question, what);
  }
  /** The compiled step, which all views see from then on. */
  async step(timed: boolean): Promise<void> {
    this.store.take([await this.ask('step', { timed })]);
  }
  async weight(path: string): Promise<StudioWeightValues> {
    const known = this.store.weights.get(path);
    if (known) return known;
    if (!this.can('weight')) throw new Error('The values are not in this file.');
    const found = await this.ask('weight', { path });
    this.store.weights.set(path, found);
    return found;
  }
}
