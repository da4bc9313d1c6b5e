export { getH5, getH5Names, getH5Text, makeH5Group, setH5, setH5Names } from './hdf5/paths.ts';
export { type ReadHdf5Options, readHdf5 } from './hdf5/read.ts';
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
export { writeHdf5 } from './hdf5/write.ts';
