import { useEffect, useRef } from 'preact/hooks';

interface DrawPadProps {
  readonly disabled: boolean;
  readonly onDrawn: (picture: File) => void;
}

/** A black square to draw on in white, like the digits of MNIST. */
export function DrawPad({ disabled, onDrawn }: DrawPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const clear = () => {
    const pen = canvas.current?.getContext('2d');
    if (!pen) return;
    pen.fillStyle = '#000';
    pen.fillRect(0, 0, 168, 168);
  };
  useEffect(clear, []);
  const last = useRef<readonly [number, number] | undefined>(undefined);
  const draw = (event: PointerEvent) => {
    const { current } = canvas;
    const pen = current?.getContext('2d');
    if (!current || !pen || event.buttons === 0) return;
    const box = current.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top] as const;
    const from = last.current ?? at;
    pen.strokeStyle = '#fff';
    pen.lineWidth = 14;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(at[0] + 0.01, at[1]);
    pen.stroke();
    last.current = at;
  };
  const end = () => {
    if (!last.current) return;
    last.current = undefined;
    canvas.current?.toBlob((blob) => blob && onDrawn(new File([blob], 'drawn.png')));
  };
  return (
    <div class="pad">
      <canvas
        ref={canvas}
        width="168"
        height="168"
        aria-label="Draw here"
        onPointerDown={draw}
        onPointerMove={draw}
        onPointerUp={end}
        onPointerLeave={end}
      />
      <button type="button" disabled={disabled} onClick={clear}>
        Wipe
      </button>
    </div>
  );
}
