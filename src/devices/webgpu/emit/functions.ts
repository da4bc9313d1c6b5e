import { arithmeticFunctions } from './arithmetic.ts';
import { mathFunctions } from './math.ts';
import { specialFunctions } from './special.ts';
import type { WgslFunction } from './wgsl-function.ts';

const functions: Readonly<Record<string, WgslFunction>> = {
  ...arithmeticFunctions,
  ...mathFunctions,
  ...specialFunctions,
};

/** Whether there is a function of this name. */
export const isHelper = (name: string): boolean => name in functions;

/** The text of these functions and of all that they call, each once. */
export function helperText(names: Iterable<string>): string {
  const done = new Set<string>();
  const texts: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const { needs = [], text } = functions[name]!;
    needs.forEach(visit);
    texts.push(text);
  };
  for (const name of names) visit(name);
  return texts.join('\n');
}
