import { fail } from '../../../base/errors.ts';
import type { CodeSymbol } from '../encoder/assembler.ts';
import { anonymous, foreign, protection } from './foreign.ts';

const page = 4096;

/** Machine code at an address. */
export interface MachineCode {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Makes machine code executable. A page is first written, then made executable, and never both at once. Addresses
 * within the code are relative; those of functions outside it are written in first.
 */
export function placeCode(
  code: Uint8Array,
  symbols: readonly CodeSymbol[] = [],
  addressOf: (name: string) => number = () => 0,
): MachineCode {
  const c = foreign();
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (const { name, position } of symbols) {
    const own = addressOf(name);
    if (own === 0) fail('native device', `the system has no function "${name}"`, "use config.setDevice('wasm')");
    view.setBigUint64(position, BigInt(own), true);
  }
  const bytes = Math.ceil(code.byteLength / page) * page;
  const address = c.mmap(0, bytes, protection.read | protection.write, anonymous, -1, 0);
  // mmap returns -1 on failure.
  if (address >= 2 ** 47)
    return fail('native device', `there is no memory for ${bytes} bytes of code`, 'drop models that are not needed');
  c.copyIn(address, code, code.byteLength);
  if (c.mprotect(address, bytes, protection.read | protection.execute) !== 0) {
    c.munmap(address, bytes);
    return fail(
      'native device',
      'the system does not let memory become executable once it was written',
      "allow it (SELinux: execmem; systemd: MemoryDenyWriteExecute=no), or use config.setDevice('wasm')",
    );
  }
  return { address, bytes };
}

/** Unmaps the code. */
export function dropCode({ address, bytes }: MachineCode): void {
  foreign().munmap(address, bytes);
}
