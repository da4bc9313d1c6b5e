import { exact } from '../base/exact.ts';
import { libraryVersion } from '../base/version.ts';

/**
 * The version of this library, as in its package.
 * @example keras.version() // '0.1.0'
 */
export const version = exact('version', 0, (): string => libraryVersion);
