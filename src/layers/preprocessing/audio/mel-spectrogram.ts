import type { DType } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import { optionsOf as checkedOptions, type OptionNames } from '../../../base/options.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import {
  add,
  cast,
  log10,
  max,
  maximum,
  multiply,
  power,
  sqrt,
  square,
  stft,
  subtract,
  swapaxes,
  tensordot,
} from '../../../ops/index.ts';
import { type Tensor, tensor } from '../../../tensor/index.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { type MelRange, melMatrix } from './mel-scale.ts';

type Window = 'hann' | 'hamming' | readonly number[] | null;
const fields = {
  /** Points of each Fourier transform. */
  fftLength: f.int({ initial: 2048, min: 1 }),
  /** Samples from the beginning of one piece of the signal to that of the next. */
  sequenceStride: f.int({ initial: 512, min: 1 }),
  /** Samples in a piece: null for `fftLength`, and never more. */
  sequenceLength: f.nullable(f.int({ min: 1 })),
  /** Weights of a piece: "hann", "hamming", a number for each sample, or null for none. */
  window: f.custom<Window, Window>({
    expects: '"hann", "hamming", numbers, or null',
    check: (v): v is Window =>
      v === null || v === 'hann' || v === 'hamming' || (Array.isArray(v) && v.every((x) => typeof x === 'number')),
    parse: (v) => v,
    initial: 'hann',
  }),
  /** Samples of the signal in a second. */
  samplingRate: f.number({ initial: 16000, min: 0, isFloat: false }),
  /** Number of bands on the mel scale. */
  numMelBins: f.int({ initial: 128, min: 1 }),
  /** Lower end of the lowest band, in hertz. */
  minFreq: f.number({ initial: 20 }),
  /** Upper end of the highest band, in hertz; null for half the sampling rate. */
  maxFreq: f.nullable(f.number()),
  /** Whether powers are given in decibels. */
  powerToDb: f.bool(true),
  /** How many decibels below the greatest value of the batch everything is clipped. */
  topDb: f.number({ initial: 80 }),
  /** Exponent of the magnitudes: 1 for magnitudes, 2 for powers. */
  magExp: f.number({ initial: 2 }),
  /** Smaller powers are raised to this one before they are turned into decibels. */
  minPower: f.number({ initial: 1e-10 }),
  /** The power that corresponds to 0 decibels. */
  refPower: f.number({ initial: 1 }),
};
interface MelMatrixOptions extends Partial<MelRange> {
  /** Dtype of the weights: `float32` by default. */
  readonly dtype?: DType | undefined;
}
const melMatrixOptions: OptionNames<MelMatrixOptions> = {
  numMelBins: true,
  numSpectrogramBins: true,
  samplingRate: true,
  lowerEdgeHertz: true,
  upperEdgeHertz: true,
  dtype: true,
};

export interface MelSpectrogram extends Omit<Resolved<typeof fields>, 'sequenceLength' | 'maxFreq'> {}
/**
 * Turns signals into spectrograms on the mel scale, by default in decibels: `(samples)` becomes `(numMelBins, time)`, `(n, samples)`
 * becomes `(n, numMelBins, time)`, with a piece of `fftLength` points every `sequenceStride` samples, centred, the signal being
 * mirrored at its ends. Refuses a `sequenceLength` greater than `fftLength`.
 * @example new MelSpectrogram({ numMelBins: 64, samplingRate: 8000, sequenceStride: 256 })(Input({ shape: [16000] }))
 * @see https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/mel_spectrogram/
 */
export class MelSpectrogram extends Layer<typeof fields> {
  static override readonly className = 'MelSpectrogram';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 1, maxNdim: 2 };
  /** Samples in a piece. */
  readonly sequenceLength: number;
  /** Upper end of the highest band, in hertz. */
  readonly maxFreq: number;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { fftLength, samplingRate } = this;
    this.sequenceLength = options.sequenceLength || fftLength;
    this.maxFreq = options.maxFreq || Math.floor(samplingRate / 2);
    if (this.sequenceLength > fftLength)
      fail(
        this,
        `sequenceLength (sequence_length) ${this.sequenceLength} is greater than fftLength (fft_length) ${fftLength}`,
        'give an fftLength of at least sequenceLength',
      );
  }
  /**
   * Weights `[numSpectrogramBins, numMelBins]` with which a spectrogram `[time, numSpectrogramBins]` is multiplied to be one on the
   * mel scale. Edges are in hertz.
   */
  linearToMelWeightMatrix(options: MelMatrixOptions = {}): Tensor {
    const {
      numMelBins = 20,
      numSpectrogramBins = 129,
      samplingRate = 8000,
      lowerEdgeHertz = 125,
      upperEdgeHertz = 3800,
      dtype = 'float32',
    } = checkedOptions(this, melMatrixOptions, options);
    return tensor(melMatrix({ numMelBins, numSpectrogramBins, samplingRate, lowerEdgeHertz, upperEdgeHertz }), {
      shape: [numSpectrogramBins, numMelBins],
      dtype,
    });
  }
  call(inputs: Tensor): Tensor {
    const { fftLength, sequenceStride, sequenceLength, numMelBins, samplingRate, minFreq, maxFreq } = this;
    const signal = this.computeDtype === 'float64' ? cast(inputs, 'float64') : cast(inputs, 'float32');
    const [real, imaginary] = stft(signal, sequenceLength, sequenceStride, fftLength, { window: this.window });
    const magnitudes = sqrt(add(square(real), square(imaginary)));
    const matrix = this.linearToMelWeightMatrix({
      numMelBins,
      numSpectrogramBins: magnitudes.shape.at(-1)!,
      samplingRate,
      lowerEdgeHertz: minFreq,
      upperEdgeHertz: maxFreq,
    });
    const powers = tensordot(power(magnitudes, this.magExp), cast(matrix, signal.dtype), { axes: 1 });
    return cast(swapaxes(this.powerToDb ? this.#inDecibels(powers) : powers, -1, -2), this.computeDtype);
  }
  #inDecibels(powers: Tensor): Tensor {
    const { minPower, refPower, topDb } = this;
    const reference = 10 * Math.log10(Math.max(Math.abs(refPower), minPower));
    const decibels = subtract(multiply(log10(maximum(powers, minPower)), 10), reference);
    return maximum(decibels, subtract(max(decibels), topDb));
  }
  override getConfig(): Config {
    return { ...super.getConfig(), sequence_length: this.sequenceLength, max_freq: this.maxFreq };
  }

  static {
    ownLayer(this, { linearToMelWeightMatrix: 1 });
  }
}
