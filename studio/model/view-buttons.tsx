import { Icon } from '../parts/icon.tsx';

interface ViewButtonsProps {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onTop: () => void;
}

/** Nearer, farther, all of it, from the top. */
export function ViewButtons({ onZoom, onFit, onTop }: ViewButtonsProps) {
  return (
    <div class="view-buttons" onPointerDown={(event) => event.stopPropagation()}>
      <button type="button" data-act="zoom-in" title="Nearer (+)" aria-label="Nearer" onClick={() => onZoom(1.25)}>
        <Icon name="plus" />
      </button>
      <button type="button" data-act="zoom-out" title="Farther (−)" aria-label="Farther" onClick={() => onZoom(0.8)}>
        <Icon name="minus" />
      </button>
      <button type="button" data-act="fit" title="All of it (0)" aria-label="Show all of it" onClick={onFit}>
        <Icon name="fit" />
      </button>
      <button type="button" data-act="top" title="From the top (Home)" aria-label="Show the top" onClick={onTop}>
        <Icon name="up" />
      </button>
    </div>
  );
}
