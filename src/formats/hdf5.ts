import { part } from '../base/part.ts';
import type { ReadHdf5Options } from './hdf5/read.ts';
import type { H5Group } from './hdf5/tree.ts';

export { getH5, getH5Names, getH5Text, makeH5Group, setH5, setH5Names } from './hdf5/paths.ts';
export type { ReadHdf5Options } from './hdf5/read.ts';
export {
  emptyRecord,
  type H5Attribute,
  type H5Dataset,
  type H5Group,
  type H5Node,
  type H5Numbers,
  type H5Strings,
  h5Dataset,
  h5Group,
  h5Text,
  isH5Dataset,
  isH5Group,
} from './hdf5/tree.ts';

/** The tree in an HDF5 file, read as it is asked for; the reader itself is loaded with the first file. */
export const readHdf5 = async (bytes: Uint8Array, options?: ReadHdf5Options): Promise<H5Group> =>
  (await part('HDF5', () => import('./hdf5/read.ts'))).readHdf5(bytes, options);
/** The bytes of an HDF5 file; the writer itself is loaded with the first file. */
export const writeHdf5 = async (root: H5Group): Promise<Uint8Array> =>
  (await part('HDF5', () => import('./hdf5/write.ts'))).writeHdf5(root);
