import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the browser to test in: what the environment variable CHROMIUM says (none, if it is empty), or the first on the PATH. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const named = process.env['CHROMIUM'];
  const places =
    named === undefined
      ? names.flatMap((name) => folders.map((folder) => join(folder, name)))
      : named === ''
        ? []
        : [named];
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Keeps the browser from asking for anything but what the test serves. */
export const quietFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
