import { fail } from '../../base/errors.ts';
import { table } from '../../base/table.ts';
import { formatNumber } from './python-text.ts';

/** Python's `{name}`, `{name:02d}` and `{name:.2f}` fields, filled in. */
export function fillIn(
  template: string,
  counts: Readonly<Record<string, number>>,
  logs: Readonly<Record<string, number>>,
): string {
  return template.replace(/\{(\w+)(?::([^{}]*))?\}/g, (field, name: string, specification = '') => {
    const values = table({ ...counts, ...logs });
    const value =
      values[name] ??
      fail(
        'ModelCheckpoint',
        `the file name asks for "${name}", which is not among the logs (${Object.keys(values).join(', ')})`,
        'use the names of the logs',
      );
    return (
      formatNumber(value, specification, !Object.hasOwn(logs, name)) ??
      fail(
        'ModelCheckpoint',
        `the file name asks for ${field}, which is no format of a number`,
        'use {epoch:02d} or {loss:.2f}',
      )
    );
  });
}
