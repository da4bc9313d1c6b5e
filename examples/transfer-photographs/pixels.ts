import type { Stroke } from '../browser-digits/strokes.ts';
import { side } from './network.ts';
import type { Pixels } from './worker.ts';

/** A picture that may be learnt from or looked at. */
export interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly pixels: Pixels;
}

/** A picture of `side` pixels, drawn by a function. */
function drawn(draw: (on: CanvasRenderingContext2D) => void): Picture {
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const on = canvas.getContext('2d', { willReadFrequently: true })!;
  Object.assign(on, { imageSmoothingQuality: 'high', fillStyle: '#fff' });
  on.fillRect(0, 0, side, side);
  draw(on);
  const { data } = on.getImageData(0, 0, side, side);
  return {
    canvas,
    pixels: Float32Array.from({ length: side * side * 3 }, (_, k) => data[Math.floor(k / 3) * 4 + (k % 3)]!),
  };
}

/** Strokes on a sheet of a given width, black on white whatever the page's colours are. */
export function ofStrokes(strokes: readonly Stroke[], width: number): Picture {
  return drawn((on) => {
    on.scale(side / width, side / width);
    Object.assign(on, { strokeStyle: '#000', lineWidth: width / 16, lineCap: 'round', lineJoin: 'round' });
    for (const stroke of strokes) {
      on.beginPath();
      for (const point of [stroke[0]!, ...stroke]) on.lineTo(...point);
      on.stroke();
    }
  });
}

/** The middle of a picture of a file, square. */
export async function ofFile(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name} is no picture that this browser reads.`);
  });
  const cut = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - cut) / 2, (bitmap.height - cut) / 2];
  return drawn((on) => on.drawImage(bitmap, left, top, cut, cut, 0, 0, side, side));
}

/** A picture under its heat map: the stronger the colour, the more it counts. */
export function showHeat(on: CanvasRenderingContext2D, { canvas }: Picture, heat: Float32Array): void {
  const { width, height } = on.canvas;
  on.drawImage(canvas, 0, 0, width, height);
  const veil = new ImageData(side, side);
  heat.forEach((hot, k) => veil.data.set([224, 112, 16, 190 * hot], k * 4));
  const small = Object.assign(document.createElement('canvas'), { width: side, height: side });
  small.getContext('2d')!.putImageData(veil, 0, 0);
  on.drawImage(small, 0, 0, width, height);
}
