import { currentDevice } from './device.ts';
import { chosenByEnvironment } from './environment.ts';

/** What to wait for, if anything, before compiling what should use all of the device. */
export const deviceReady = (): Promise<void> | undefined => chosenByEnvironment() ?? currentDevice().ready;
