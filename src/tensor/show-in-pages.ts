import { showAsText } from '../base/display.ts';
import { Tensor } from '../ir/tensor.ts';
import { Variable } from './variable.ts';

// Browser consoles show objects themselves; notebooks there show what a tensor is, without its elements.
showAsText(Tensor.prototype);
showAsText(Variable.prototype, (v) => `<Variable path=${v.path}, dtype=${v.dtype}>`);
