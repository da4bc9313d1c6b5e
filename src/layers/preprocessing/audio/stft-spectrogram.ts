import { epsilon } from '../../../base/config.ts';
import { fail } from '../../../base/errors.ts';
import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { STFT } from '../../../initializers/index.ts';
import { windowField } from '../../../initializers/stft.ts';
import {
  add,
  arctan2,
  cast,
  concatenate,
  conv,
  getItem,
  log,
  maximum,
  pad,
  reshape,
  sqrt,
  square,
  transpose,
} from '../../../ops/index.ts';
import type { Tensor, Variable } from '../../../tensor/index.ts';
import { dataFormatField } from '../../data-format.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';

const fields = {
  /**
   * The result for each frequency: "log" of the magnitude, "magnitude", "psd" (power spectral density), "real" or "imag" part, "angle", or
   * "stft": real parts, then imaginary ones.
   */
  mode: f.oneOf(['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'], 'log'),
  /** Samples in a frame. */
  frameLength: f.int({ initial: 256, min: 1 }),
  /** Samples from the beginning of one frame to that of the next; null for half a frame. */
  frameStep: f.nullable(f.int({ min: 1 })),
  /** Points of the transform; null for the next power of two; at least `frameLength`. */
  fftLength: f.nullable(f.int({ min: 1 })),
  /** Name of a window as scipy knows it, its values, or null for none. */
  window: windowField,
  /** Whether a named window is periodic, rather than symmetric. */
  periodic: f.bool(false),
  /** How the window is normalised: "density" by its length, "spectrum" by its sum, null not at all. */
  scaling: f.nullable(f.oneOf(['density', 'spectrum'], 'density'), 'density'),
  /** `valid`: frames stay inside the signal; `same`: padded with zeros, so that `ceil(samples / frameStep)` frames fit. */
  padding: f.oneOf(['valid', 'same'], 'valid'),
  /** Whether the channels of the signal keep an axis of their own. */
  expandDims: f.bool(false),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface STFTSpectrogram extends Resolved<typeof fields> {}
/**
 * Turns signals into spectrograms, by a short-time Fourier transform whose kernels can be trained. Signals `(n, samples, channels)` become
 * `(n, frames, channels · frequencies)`, or `(n, frames, frequencies, channels)` with `expandDims`; with `dataFormat: 'channels_first'`
 * signals `(n, channels, samples)` become `(n, channels · frequencies, frames)` or `(n, channels, frames, frequencies)`. There are
 * `fftLength / 2 + 1` frequencies, twice as many in the mode "stft". Refuses a `frameStep` greater than the frame, an `fftLength`
 * smaller than it, and inputs that are no floats.
 * @example new STFTSpectrogram({ mode: 'log', frameLength: 256, frameStep: 128, trainable: false })(Input({ shape: [16000, 1] }))
 * @see https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/stft_spectrogram/
 */
export class STFTSpectrogram extends Layer<typeof fields> {
  static override readonly className = 'STFTSpectrogram';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };
  /** Windowed cosines, `[frameLength, 1, frequencies]`; null with mode `imag`. */
  realKernel: Variable | null = null;
  /** Windowed sines, `[frameLength, 1, frequencies]`; null with mode `real`. */
  imagKernel: Variable | null = null;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { frameLength, frameStep, fftLength } = this;
    if (frameStep !== null && frameStep > frameLength)
      fail(
        this,
        `frameStep (frame_step) ${frameStep} is greater than frameLength (frame_length) ${frameLength}`,
        'give a step of at most a frame, so that no samples are left out',
      );
    if (fftLength !== null && fftLength < frameLength)
      fail(
        this,
        `fftLength (fft_length) ${fftLength} is smaller than frameLength (frame_length) ${frameLength}`,
        'give an fftLength of at least a frame',
      );
    if (fftLength !== null && !Number.isInteger(Math.log2(fftLength)))
      console.warn(`${this.className} "${this.name}": fftLength ${fftLength} is no power of two, as Keras recommends.`);
  }
  override build(_inputShape: SymbolicShape): void {
    const { frameLength, mode, window, scaling, periodic } = this;
    const points = this.fftLength ?? 2 ** Math.ceil(Math.log2(frameLength));
    const kernel = (side: 'real' | 'imag'): Variable =>
      this.addWeight({
        name: `${side}_kernel`,
        shape: [frameLength, 1, Math.floor(points / 2) + 1],
        initializer: new STFT({ side, window, scaling, periodic }),
      });
    if (mode !== 'imag') this.realKernel = kernel('real');
    if (mode !== 'real') this.imagKernel = kernel('imag');
  }
  call(inputs: Tensor): Tensor {
    if (!['float16', 'float32', 'float64'].includes(inputs.dtype))
      fail(this, `inputs are ${inputs.dtype}`, 'give signals of float16, float32 or float64');
    const { mode } = this;
    const part = (kernel: Variable | null): Tensor => this.#transform(inputs, kernel!);
    if (mode === 'real') return this.#arrange(part(this.realKernel));
    if (mode === 'imag') return this.#arrange(part(this.imagKernel));
    const [real, imaginary] = [part(this.realKernel), part(this.imagKernel)];
    if (mode === 'angle') return this.#arrange(arctan2(imaginary, real));
    if (mode === 'stft') return this.#arrange(concatenate([real, imaginary], { axis: 2 }));
    const powers = add(square(real), square(imaginary));
    if (mode === 'psd') {
      // All frequencies but the first and the last stand for their negatives as well.
      const inner = getItem(powers, [{ slice: [null, null] }, { slice: [null, null] }, { slice: [1, -1] }]);
      return this.#arrange(add(powers, pad(inner, [[0, 0], [0, 0], [1, 1], [0, 0]]))); // biome-ignore format: one pair an axis
    }
    const magnitudes = this.#arrange(sqrt(maximum(powers, epsilon())));
    return mode === 'magnitude' ? magnitudes : log(maximum(magnitudes, epsilon()));
  }
  /** A part of the transform: `[n, channels, frequencies, frames]`. */
  #transform(inputs: Tensor, kernel: Variable): Tensor {
    const { dataFormat, padding, frameStep, frameLength } = this;
    const isLast = dataFormat === 'channels_last';
    const signals = isLast ? transpose(inputs, { axes: [0, 2, 1] }) : inputs;
    const [n, channels, samples] = signals.shape as [number, number, number];
    const apart = reshape(signals, isLast ? [n * channels, samples, 1] : [n * channels, 1, samples]);
    const found = conv(apart, cast(kernel.read(), inputs.dtype), {
      padding,
      strides: frameStep ?? Math.floor(frameLength / 2),
      dataFormat,
    });
    const y = isLast ? transpose(found, { axes: [0, 2, 1] }) : found;
    return reshape(y, [n, channels, ...y.shape.slice(1)]);
  }
  /** `[n, channels, frequencies, frames]` in the requested form. */
  #arrange(y: Tensor): Tensor {
    const isLast = this.dataFormat === 'channels_last';
    if (this.expandDims) return transpose(y, { axes: isLast ? [0, 3, 2, 1] : [0, 1, 3, 2] });
    const [n, channels, frequencies, frames] = y.shape as [number, number, number, number];
    const joined = reshape(y, [n, channels * frequencies, frames]);
    return isLast ? transpose(joined, { axes: [0, 2, 1] }) : joined;
  }

  static {
    ownLayer(this);
  }
}
