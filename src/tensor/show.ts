import { showAsText } from '../base/display.ts';
import type { TypedArray } from '../base/dtype.ts';
import { showShape } from '../base/shape.ts';
import { partsOf } from '../ir/complex.ts';
import { Tensor } from '../ir/tensor.ts';
import { DeviceStorage } from '../runtime/storage.ts';
import { arrayText } from './array-text.ts';
import { decode } from './elements.ts';
import { complexTexts, numberTexts } from './number-text.ts';
import { stored } from './read.ts';
import { stringText } from './strings.ts';
import { Variable } from './variable.ts';

/** The elements if they can be read synchronously; undefined for tensors that have none or keep them elsewhere. */
function elementsAtHand(t: Tensor): TypedArray | undefined {
  const isHeld = ({ storage }: Tensor): boolean => storage instanceof DeviceStorage && !storage.isDisposed;
  if (!partsOf(t).every(isHeld)) return undefined;
  const data = stored(t, 'inspect');
  return data instanceof Promise ? undefined : data;
}

/** The elements as text; undefined if they are not available. */
function elementsOf(t: Tensor): string | undefined {
  const { strings } = t;
  if (strings) return arrayText(t.shape, (offsets) => offsets.map((k) => stringText(strings[k])));
  const data = elementsAtHand(t);
  if (!data) return undefined;
  // Only the elements shown are converted, since the array may be big.
  if (t.parts)
    return arrayText(t.shape, (offsets) =>
      complexTexts(
        offsets.map((k) => data[2 * k]),
        offsets.map((k) => data[2 * k + 1]),
      ),
    );
  const at = (offset: number): number => decode(data.subarray(offset, offset + 1), t.dtype)[0];
  return arrayText(t.shape, (offsets) => numberTexts(offsets.map(at), t.dtype));
}

/** The text `console.log` shows for a tensor: shape, dtype, and the elements as NumPy prints them. */
function inspected(t: Tensor): string {
  const elements = elementsOf(t);
  return elements === undefined ? String(t) : `${t}${elements.includes('\n') ? '\n' : ' '}${elements}`;
}

showAsText(Tensor.prototype, inspected);
showAsText(Variable.prototype, (v) => {
  const elements = elementsOf(v.held);
  const head = `<Variable path=${v.path}, shape=${showShape(v.shape)}, dtype=${v.dtype}`;
  return elements === undefined ? `${head}>` : `${head}, value=${elements.includes('\n') ? '\n' : ''}${elements}>`;
});
