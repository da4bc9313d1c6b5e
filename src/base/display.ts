/** The method that Node, Deno and Bun call when an object is logged. */
const inspectMethod = Symbol.for('nodejs.util.inspect.custom');
/** The method that notebooks (Deno, Jupyter's JavaScript kernels) call when a cell ends in an object. */
const displayMethod = Symbol.for('Jupyter.display');

/** What a notebook shows: the same thing by MIME type. */
interface MimeBundle {
  readonly 'text/plain': string;
  readonly 'text/html': string;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => entities[c]);

/** Preformatted text for a notebook. */
const preformatted = (text: string): MimeBundle => ({
  'text/plain': text,
  'text/html': `<pre style="line-height: 1.2; white-space: pre">${escapeHtml(text)}</pre>`,
});

/**
 * Defines how objects of a class are logged (`logged`, by default `toString`) and shown in notebooks (`inNotebooks`, by
 * default the same).
 */
export function showAsText<T extends object>(
  prototype: T,
  logged: (x: T) => string = String,
  inNotebooks: (x: T) => string = logged,
): void {
  const define = <R>(key: symbol, method: (this: T) => R): void => {
    Object.defineProperty(prototype, key, { value: method, writable: true, configurable: true });
  };
  define(inspectMethod, function () {
    return logged(this);
  });
  define(displayMethod, function () {
    return preformatted(inNotebooks(this));
  });
}
