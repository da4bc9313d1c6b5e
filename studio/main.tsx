import style from 'text:style.css';
import plotStyle from 'text:uplot';
import { render } from 'preact';
import type { StudioSource } from '../src/studio/protocol.ts';
import { App } from './app.tsx';
import { ownHistory, pageHistory } from './parts/routes.ts';
import { Studio } from './studio.ts';

/** Shows the studio in an element; `isPage`: the page is the studio's own, so that its address reflects what is shown. Returns a function that ends it. */
export function mount(element: HTMLElement, source: StudioSource, { isPage = false } = {}): () => void {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
  const sheet = document.createElement('style');
  sheet.textContent = `${plotStyle}\n${style}`;
  const place = document.createElement('div');
  place.className = 'place';
  root.replaceChildren(sheet, place);
  const studio = new Studio(source);
  render(
    <App
      studio={studio}
      history={isPage ? pageHistory() : ownHistory()}
      host={element}
      keys={isPage ? document : root}
    />,
    place,
  );
  return () => {
    studio.close();
    render(null, place);
    root.replaceChildren();
  };
}

export { fileSource } from './sources/file.ts';
export { serverSource } from './sources/server.ts';
