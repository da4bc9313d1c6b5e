/** The visible part of a drawing: the point in the corner of the screen, and pixels per unit. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
/** Below this scale names cannot be read: boxes are painted instead of rendered as elements. */
export const readable = 0.34;
export const scales = { least: 0.02, most: 3 } as const;

/** Zooms around a point of the screen. */
export function zoomed({ x, y, scale }: View, factor: number, atX: number, atY: number): View {
  const next = Math.min(scales.most, Math.max(scales.least, scale * factor));
  return { x: x + atX / scale - atX / next, y: y + atY / scale - atY / next, scale: next };
}
/** Centres a rectangle, at most at scale `most`. */
export function fitted(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  width: number,
  height: number,
  most = 1,
): View {
  const scale = Math.max(scales.least, Math.min(most, (width - 48) / box.width, (height - 48) / box.height));
  return {
    x: box.x + box.width / 2 - width / 2 / scale,
    y: box.y + box.height / 2 - height / 2 / scale,
    scale,
  };
}
/** Shows the upper part of a drawing at a size that can be read. */
export function fromTop(
  drawing: { readonly width: number; readonly height: number },
  width: number,
  height: number,
): View {
  const whole = fitted({ x: 0, y: 0, ...drawing }, width, height);
  if (whole.scale > 0.62) return whole;
  const scale = Math.min(1, Math.max(0.62, (width - 48) / drawing.width));
  return { x: drawing.width / 2 - width / 2 / scale, y: -24 / scale, scale };
}
