import { currentDevice } from './device.ts';
import { chosenByEnvironment } from './environment.ts';

/** What to wait for, if anything, before compiling programs that should use the whole device. */
export const deviceReady = (): Promise<void> | undefined => chosenByEnvironment() ?? currentDevice().ready;
