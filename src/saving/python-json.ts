import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { floatKeys } from '../base/field/disk.ts';
import { type Fields } from '../base/field/field.ts';
import { isSerializedObject, lookUpClass } from '../base/registry/serialize.ts';

const writeText = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A number as Python writes it; floats keep their decimal point. */
function writeNumber(x: number, isFloat: boolean): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity';
  const text = JSON.stringify(x);
  return isFloat && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const noKeys: ReadonlySet<string> = new Set();
/** Which of an object's options are floats in Python, as declared by its class. */
function floatsOf(x: unknown): ReadonlySet<string> {
  if (!isSerializedObject(x)) return noKeys;
  const { fields } = (lookUpClass(x) ?? {}) as { fields?: Fields };
  return fields ? floatKeys(fields) : noKeys;
}

/** JSON as Python writes it: spaces after `,` and `:`, ASCII only, and a decimal point in whole floats. */
export const pythonJson = exact('saving.pythonJson', 1, function pythonJson(x: unknown): string {
  const write = (value: unknown, isFloat: boolean, floats: ReadonlySet<string>): string => {
    if (Array.isArray(value)) return `[${value.map((v) => write(v, isFloat, noKeys)).join(', ')}]`;
    if (typeof value === 'object' && value !== null) {
      const own = floatsOf(value);
      const entries = Object.entries(value).filter(([, v]) => v !== undefined);
      const members = entries.map(
        ([k, v]) => `${writeText(k)}: ${write(v, floats.has(k), k === 'config' ? own : noKeys)}`,
      );
      return `{${members.join(', ')}}`;
    }
    if (typeof value === 'number') return writeNumber(value, isFloat);
    return typeof value === 'string' ? writeText(value) : (JSON.stringify(value) ?? 'null');
  };
  return write(x, false, noKeys);
});

/** Parses JSON written by Python, including NaN and Infinity. */
export function parsePythonJson(text: string, who = 'loadModel'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // NaN, which JSON cannot express, is replaced by a mark that cannot occur in the file; Infinity can be written as
    // 1e999.
    const mark = `NaN ${Math.random()}`;
    const plain = withoutSpecials(text, JSON.stringify(mark));
    try {
      return withNaN(JSON.parse(plain), mark);
    } catch (error) {
      return fail(who, `the model's config is no JSON: ${(error as Error).message}`, 'check that the file is whole');
    }
  }
}

/** Replaces Python's names for special numbers in one pass; strings are left unchanged. */
function withoutSpecials(text: string, nan: string): string {
  let plain = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (c === 'N' && text.startsWith('NaN', at)) {
      plain += text.slice(copied, at) + nan;
      copied = at + 3;
      at = copied - 1;
    } else if (c === 'I' && text.startsWith('Infinity', at)) {
      plain += `${text.slice(copied, at)}1e999`;
      copied = at + 8;
      at = copied - 1;
    }
  }
  return plain + text.slice(copied);
}

/** Replaces the mark with NaN. */
function withNaN(x: unknown, mark: string): unknown {
  if (x === mark) return NaN;
  // An explicit stack rather than recursion: files may nest to any depth.
  const left = [x];
  while (left.length > 0) {
    const node = left.pop();
    if (typeof node !== 'object' || node === null) continue;
    const members = node as Record<string, unknown>;
    for (const [key, value] of Object.entries(members)) {
      if (value === mark) members[key] = NaN;
      else left.push(value);
    }
  }
  return x;
}
