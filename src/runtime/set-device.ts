import { currentDevice, type DeviceName, deviceNamed, useDevice } from './device.ts';
import { bringHome } from './storage.ts';

/** Chooses the device for all that follows. Tensors made before are usable there too. */
export async function setDevice(name: DeviceName): Promise<void> {
  const next = await deviceNamed(name);
  const before = currentDevice();
  // What cannot be read at once later is read now.
  if (before !== next && before.isRemote && !before.isLost) await bringHome(before);
  useDevice(next);
}
