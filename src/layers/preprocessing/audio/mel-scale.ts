import { range } from '../../../base/shape.ts';

/** A frequency in hertz on the mel scale, as the Hidden Markov Model Toolkit defines it: `1127 · log(1 + f / 700)`. */
const toMel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** What `melMatrix` is made for. */
export interface MelRange {
  /** How many bands there are on the mel scale. */
  readonly numMelBins: number;
  /** How many frequencies a spectrogram has: from 0 to half the sampling rate. */
  readonly numSpectrogramBins: number;
  /** Samples of the signal in a second. */
  readonly samplingRate: number;
  /** Lower end of the lowest band, in hertz. */
  readonly lowerEdgeHertz: number;
  /** Upper end of the highest band, in hertz. */
  readonly upperEdgeHertz: number;
}

/**
 * Weights `[frequencies, bands]`, row by row: each band is a triangle on the mel scale that peaks at 1 and begins and ends at the
 * peaks of its neighbours. The frequency 0 belongs to no band.
 */
export function melMatrix(bands: MelRange): number[] {
  const { numMelBins, numSpectrogramBins, samplingRate, lowerEdgeHertz, upperEdgeHertz } = bands;
  const [low, high] = [toMel(lowerEdgeHertz), toMel(upperEdgeHertz)];
  const edge = (k: number): number => low + ((high - low) * k) / (numMelBins + 1);
  return range(numSpectrogramBins).flatMap((bin) => {
    const mel = toMel((samplingRate / 2) * (bin / (numSpectrogramBins - 1)));
    return range(numMelBins).map((k) => {
      if (bin === 0) return 0;
      const rise = (mel - edge(k)) / (edge(k + 1) - edge(k));
      const fall = (edge(k + 2) - mel) / (edge(k + 2) - edge(k + 1));
      return Math.max(0, Math.min(rise, fall));
    });
  });
}
