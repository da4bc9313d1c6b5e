// Viridis (S. van der Walt and N. Smith, CC0) at even steps.
const viridis = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const;

/** The colour of a value from 0 to 1: dark blue over green to yellow. */
export function colorOf(value: number): readonly [red: number, green: number, blue: number] {
  const place = Math.max(0, Math.min(1, value)) * (viridis.length - 1);
  const k = Math.min(viridis.length - 2, Math.floor(place));
  const part = place - k;
  const [low, high] = [viridis[k], viridis[k + 1]];
  return [0, 1, 2].map((c) => Math.round(low[c] + part * (high[c] - low[c]))) as [number, number, number];
}
