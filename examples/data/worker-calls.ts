// How the page of an example calls functions in its worker: each by name, with one value, and gets one back.
interface Asked {
  readonly id: number;
  readonly name: string;
  readonly given: unknown;
}
interface Answered {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
  /** What is told in between, to nobody in particular. */
  readonly told?: unknown;
}
type Functions = Readonly<Record<string, (given: never) => unknown>>;

/** In the worker: answers calls, several at a time. */
export function answer(functions: Functions): void {
  addEventListener('message', async ({ data: { id, name, given } }: MessageEvent<Asked>) => {
    try {
      postMessage({ id, value: await functions[name]!(given as never) } satisfies Answered);
    } catch (error) {
      postMessage({ id, error: String((error as Error).message ?? error) } satisfies Answered);
    }
  });
}
/** In the worker: tells the page something. */
export const tell = (told: unknown): void => postMessage({ id: -1, told } satisfies Answered);

/** In the page: the worker `worker.js` beside it. */
export class Caller<F extends Functions, T> {
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  readonly #open = new Map<number, { done: (value: never) => void; failed: (error: Error) => void }>();
  #count = 0;

  constructor(heard: (told: T) => void, failed: (message: string) => void) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
      if (data.id < 0) return heard(data.told as T);
      const { done, failed } = this.#open.get(data.id)!;
      this.#open.delete(data.id);
      if (data.error === undefined) done(data.value as never);
      else failed(new Error(data.error));
    });
    this.#worker.addEventListener('error', ({ message }) => failed(message || 'The worker could not be started.'));
  }
  call<K extends keyof F & string>(name: K, given: Parameters<F[K]>[0]): Promise<Awaited<ReturnType<F[K]>>> {
    const id = this.#count++;
    const answered = new Promise<Awaited<ReturnType<F[K]>>>((done, failed) => this.#open.set(id, { done, failed }));
    this.#worker.postMessage({ id, name, given } satisfies Asked);
    return answered;
  }
}

export const find = <E extends Element = HTMLElement>(id: string): E => document.getElementById(id) as unknown as E;
/** Reports the state. */
export function say(text: string, hasFailed = false): void {
  find('status').textContent = text;
  find('status').classList.toggle('failed', hasFailed);
}
/** Calls when the colours change. */
export function onColours(changed: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', changed);
}
/** A colour of `light-dark()` as the page has it now, for canvases. */
export function shade(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
