import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import type { Model } from '../models/index.ts';

/** Refuses a student whose inputs or outputs, as far as they are known, differ from the teacher's. */
export function requireLike(teacher: Model<any>, student: Model<any>): void {
  for (const end of ['inputs', 'outputs'] as const) {
    const [own, other] = [teacher[end], student[end]];
    if (!own || !other) continue;
    if (own.length !== other.length)
      fail(
        'Distiller',
        `the teacher has ${own.length} ${end}, the student ${other.length}`,
        'give models with as many',
      );
    own.forEach((t, k) => {
      const s = other[k];
      const [a, b] = [t.symbolicShape, s.symbolicShape];
      if (a.length !== b.length || a.some((n, d) => n !== null && b[d] !== null && n !== b[d]))
        fail(
          'Distiller',
          `the teacher's ${end} have shape ${showShape(a)}, the student's ${showShape(b)}`,
          'give models that take and give the same',
        );
      if (t.dtype !== s.dtype)
        fail(
          'Distiller',
          `the teacher's ${end} have dtype ${t.dtype}, the student's ${s.dtype}`,
          'give both the same policy',
        );
    });
  }
}
