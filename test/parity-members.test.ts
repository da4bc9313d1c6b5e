import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compareMembers, type KerasMembers, membersSection } from '../scripts/parity-members.ts';
import { publicClasses } from '../scripts/public-members.ts';

const members = JSON.parse(
  gunzipSync(readFileSync(new URL('data/members.json.gz', import.meta.url))).toString(),
) as KerasMembers;
const compared = compareMembers(members, publicClasses());

test('every member and parameter of Keras is here, or absent for a reason', () => {
  expect(compared.members).toBeGreaterThan(1600);
  const unexplained = compared.absent.filter(({ reason }) => !reason).map(({ what }) => what);
  expect(unexplained).toEqual([]);
});

test('docs/parity.md has the table that `npm run parity` writes', () => {
  const page = readFileSync(new URL('../docs/parity.md', import.meta.url), 'utf8');
  expect(page).toContain(membersSection(compared));
});
