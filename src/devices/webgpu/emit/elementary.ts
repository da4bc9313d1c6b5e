import { fail } from '../../../base/errors.ts';
import { elementaryFunction } from '../../../codegen/functions/index.ts';
import type { Local } from '../../../ir/expr.ts';
import { Expressions, type Writer } from './expression.ts';
import type { WgslFunction } from './wgsl-function.ts';

const suffix = '_f32';

/** The WGSL function for an operation on f32, generated from its expression; undefined if it has none. */
export function elementaryText(name: string): WgslFunction | undefined {
  const definition = name.endsWith(suffix) && elementaryFunction(name.slice(0, -suffix.length));
  if (!definition) return undefined;
  const lines: string[] = [];
  const needs = new Set<string>();
  let count = 0;
  const nameOfLocal = (local: Local): string => local.name;
  const none = (): never => fail('webgpu device', `${name} reads what is no parameter`, 'report this with the program');
  const writer: Writer = {
    line: (text) => lines.push(`  ${text}`),
    fresh: (stem) => `${stem}_${count++}`,
    need: (helper) => needs.add(helper),
    nameOfLocal,
    nameOfAxis: none,
    load: none,
  };
  const [result] = new Expressions(writer).value(definition.body);
  const parameters = definition.parameters.map((p) => `${nameOfLocal(p)}: f32`).join(', ');
  return {
    needs: [...needs],
    text: [`fn ${name}(${parameters}) -> f32 {`, ...lines, `  return ${result};`, '}'].join('\n'),
  };
}
