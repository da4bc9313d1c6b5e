import { Icon } from '../parts/icon.tsx';

interface ViewButtonsProps {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onTop: () => void;
}

/** Buttons: zoom in, zoom out, fit, top. */
export function ViewButtons({ onZoom, onFit, onTop }: ViewButtonsProps) {
  return (
    <div class="view-buttons" onPointerDown={(event) => event.stopPropagation()}>
      <button type="button" data-act="zoom-in" title="Zoom in (+)" aria-label="Zoom in" onClick={() => onZoom(1.25)}>
        <Icon name="plus" />
      </button>
      <button type="button" data-act="zoom-out" title="Zoom out (−)" aria-label="Zoom out" onClick={() => onZoom(0.8)}>
        <Icon name="minus" />
      </button>
      <button type="button" data-act="fit" title="Fit to the window (0)" aria-label="Fit to the window" onClick={onFit}>
        <Icon name="fit" />
      </button>
      <button
        type="button"
        data-act="top"
        title="Top of the graph (Home)"
        aria-label="Top of the graph"
        onClick={onTop}
      >
        <Icon name="up" />
      </button>
    </div>
  );
}
