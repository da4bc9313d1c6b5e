import { current, type DeviceName, deviceNamed, useDevice } from './device.ts';
import { bringHome } from './storage.ts';

/** Chooses the device for everything that follows. Existing tensors remain usable there. */
export async function setDevice(name: DeviceName): Promise<void> {
  const next = await deviceNamed(name);
  const before = current;
  // Whatever cannot be read synchronously later is read now.
  if (before !== next && before?.isRemote && !before.isLost) await bringHome(before);
  useDevice(next);
}
