import type { ElementaryOp } from '../../../codegen/functions/index.ts';
import { arithmeticFunctions } from './arithmetic.ts';
import { elementaryText } from './elementary.ts';
import type { FloatFunction } from './float-operations.ts';
import { mathFunctions } from './math.ts';
import { specialFunctions } from './special.ts';
import type { WgslFunction } from './wgsl-function.ts';

const written = {
  ...arithmeticFunctions,
  ...mathFunctions,
  ...specialFunctions,
} satisfies Record<Exclude<FloatFunction, `${ElementaryOp}_f32`>, WgslFunction>;
const functions: Readonly<Record<string, WgslFunction>> = written;

/** The text of these functions and of all functions they call, each once. */
export function helperText(names: Iterable<string>): string {
  const done = new Set<string>();
  const texts: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const { needs = [], text } = functions[name] ?? elementaryText(name);
    needs.forEach(visit);
    texts.push(text);
  };
  for (const name of names) visit(name);
  return texts.join('\n');
}
