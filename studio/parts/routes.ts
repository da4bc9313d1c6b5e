/** What is shown: a view, and what in it is selected. */
export interface Route {
  readonly view: 'model' | 'run' | 'step' | 'feed' | 'compare';
  readonly at: string;
}
const views: readonly Route['view'][] = ['model', 'run', 'step', 'feed', 'compare'];

export const hashOf = ({ view, at }: Route): string =>
  `#${view}${at === '' ? '' : `/${at.split('/').map(encodeURIComponent).join('/')}`}`;
export function routeOf(hash: string): Route {
  const [view, ...rest] = hash.replace(/^#/, '').split('/');
  const known = views.find((name) => name === view);
  try {
    return { view: known ?? 'model', at: known ? rest.map(decodeURIComponent).join('/') : '' };
  } catch {
    return { view: 'model', at: '' };
  }
}

/** The history: the browser's own if the page is the studio's, otherwise one kept here. */
export interface History {
  readonly now: () => Route;
  go(route: Route): void;
  back(): void;
  forward(): void;
  listen(tell: () => void): () => void;
}
export function pageHistory(): History {
  const listeners = new Set<() => void>();
  return {
    now: () => routeOf(location.hash),
    go: (route) => {
      if (hashOf(route) === location.hash) return;
      location.hash = hashOf(route);
      // The browser reports it later: keys pressed in quick succession would still see the old place.
      for (const tell of listeners) tell();
    },
    back: () => history.back(),
    forward: () => history.forward(),
    listen: (tell) => {
      listeners.add(tell);
      addEventListener('hashchange', tell);
      return () => {
        listeners.delete(tell);
        removeEventListener('hashchange', tell);
      };
    },
  };
}
export function ownHistory(): History {
  const routes: Route[] = [{ view: 'model', at: '' }];
  const listeners = new Set<() => void>();
  let at = 0;
  const move = (to: number): void => {
    at = Math.min(routes.length - 1, Math.max(0, to));
    for (const tell of listeners) tell();
  };
  return {
    now: () => routes[at]!,
    go: (route) => {
      if (hashOf(route) === hashOf(routes[at]!)) return;
      routes.splice(at + 1, routes.length, route);
      move(at + 1);
    },
    back: () => move(at - 1),
    forward: () => move(at + 1),
    listen: (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}
