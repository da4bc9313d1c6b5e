import { Icon } from './parts/icon.tsx';

const keys: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search'],
  ['↑ ↓', 'along edges'],
  ['← →', 'to neighbours'],
  ['Enter', 'open or close'],
  ['Backspace', 'close the enclosing box'],
  ['Esc', 'select nothing'],
  ['+ −', 'zoom in, zoom out'],
  ['0  Home', 'fit to the window, top'],
  ['Alt ← →', 'back, forward'],
  ['1 2 3 …', 'views'],
  ['Ctrl wheel', 'zoom; the wheel alone moves'],
];

/** The keys. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <div class="help" role="dialog" aria-label="Keys">
      <header>
        <h2>Keys</h2>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(/\s+/).map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
