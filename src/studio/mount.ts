import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { part } from '../base/part.ts';
import type { Model } from '../models/index.ts';
import type { StudioSource } from './protocol.ts';

interface Page {
  mount(element: HTMLElement, source: StudioSource): () => void;
}

/**
 * Shows a model in an element of a page (which needs a height): its structure, weights and kernels, and runs of `fit`
 * with the callback `Studio`. Returns a function that removes it. In Node there is no page; `plotModel` writes one,
 * `callbacks.Studio` serves one.
 */
export const studio = exact(
  'visualization.studio',
  2,
  async function studio(model: Model<any>, element: HTMLElement): Promise<() => void> {
    if (typeof document === 'undefined' || !(element instanceof HTMLElement))
      fail(
        'studio',
        typeof document === 'undefined' ? 'there is no page here' : 'it needs an element of the page to be shown in',
        typeof document === 'undefined'
          ? "write one: await keras.utils.plotModel(model, { toFile: 'model.html' })"
          : 'give document.getElementById(…)',
      );
    const [{ pageScript }, { hubOf }, { describeModel }, { modelAnswers }] = await part('studio', () =>
      Promise.all([import('./page-script.ts'), import('./hub.ts'), import('./structure.ts'), import('./answers.ts')]),
    );
    const hub = hubOf(model);
    if (model.built) hub.send(describeModel(model));
    hub.answering = { ...modelAnswers(() => model), ...hub.answering };
    const url = URL.createObjectURL(new Blob([pageScript], { type: 'text/javascript' }));
    try {
      const page = (await import(/* @vite-ignore */ url)) as Page;
      return page.mount(element, hub.source);
    } finally {
      URL.revokeObjectURL(url);
    }
  },
);
