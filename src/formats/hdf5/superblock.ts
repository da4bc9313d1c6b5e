import { damaged, type Source, unsupported, verify } from './source.ts';

/** Reads the superblock: tells `source` how wide addresses are, and returns the address of the root group. */
export function readSuperblock(source: Source): number {
  const block = source.block(0, Math.min(source.bytes.length, 128), 'the superblock').skip(8);
  const version = block.uint(1);
  if (version > 3) unsupported('HDF5 file', `has a superblock of version ${version}`);
  if (version < 2) block.skip(4);
  source.addressBytes = width(block.uint(1));
  source.lengthBytes = width(block.uint(1));
  block.skip(version === 0 ? 9 : version === 1 ? 13 : 1);
  source.base = block.address() ?? 0;
  block.address();
  const end = block.address() ?? damaged('the superblock does not say where the file ends');
  if (end > source.bytes.length) damaged(`truncated: it has ${source.bytes.length} bytes of ${end}`);
  const last = block.address();
  if (version >= 2) {
    verify(source, 0, block.at + 4, 'the superblock');
    return last ?? damaged('there is no root group');
  }
  block.skip(source.addressBytes); // the root's name
  return block.address() ?? damaged('there is no root group');
}

const width = (bytes: number): number =>
  [2, 4, 8].includes(bytes) ? bytes : damaged(`its addresses or lengths take ${bytes} bytes`);
