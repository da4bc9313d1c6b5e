import { fail } from '../../base/errors.ts';
import { bytesPerNumber, numbersFrom, type StoredDType } from '../stored.ts';
import { type Library, type Metadata, typeClass } from './library.ts';
import type { H5Attribute, H5Strings } from './tree.ts';

/** Reads the dataset at `path`, or its attribute `name` if that is not empty; `spend` is told the bytes beforehand. */
export function readValue(
  library: Library,
  file: bigint,
  path: string,
  name: string,
  spend: (who: string, bytes: number) => void,
): H5Attribute {
  const who = name === '' ? `HDF5 ${path}` : `HDF5 ${path} @${name}`;
  const metadata =
    name === '' ? library.get_dataset_metadata(file, path) : library.get_attribute_metadata(file, path, name);
  if (metadata.virtual_sources !== undefined)
    fail(who, 'is a virtual dataset, whose data lie in other files', 'copy the data into this file');
  const isText = metadata.type === typeClass.string;
  const dtype = isText ? 'string' : numberType(who, metadata, () => isMarkedBfloat16(library, file, path, name));
  const size = metadata.shape === null ? 0 : metadata.size * metadata.total_size;
  spend(who, size);

  const withBytes = <T>(use: (bytes: Uint8Array) => T): T => {
    if (size === 0) return use(new Uint8Array(0));
    const pointer = size > library.MAXIMUM_MEMORY ? 0 : library._malloc(size);
    if (pointer === 0) fail(who, `takes ${size} bytes, for which there is no room`, 'split the file (sharded weights)');
    // Old contents of the heap must not be taken for references if the library fills only a part.
    library.HEAPU8.fill(0, pointer, pointer + size);
    try {
      const status =
        name === ''
          ? library.get_dataset_data(file, path, null, null, null, BigInt(pointer))
          : library.get_attribute_data(file, path, name, BigInt(pointer));
      if (status < 0) fail(who, 'cannot be read', 'check that the file is complete and undamaged');
      try {
        return use(library.HEAPU8.subarray(pointer, pointer + size));
      } finally {
        if (metadata.vlen) library.reclaim_vlen_memory(file, path, name, BigInt(pointer));
      }
    } finally {
      library._free(pointer);
    }
  };

  const { shape } = metadata;
  if (dtype !== 'string') return { shape, dtype, data: withBytes((bytes) => numbersFrom(bytes, dtype)) };
  const encoding = metadata.cset === 1 ? 'utf8' : 'ascii';
  const data = withBytes((bytes) =>
    metadata.vlen ? pointedTexts(library, bytes, (n) => spend(who, n)) : paddedTexts(bytes, metadata),
  );
  const texts: H5Strings = { shape, dtype: 'string', data, encoding };
  return metadata.vlen ? texts : { ...texts, length: metadata.size };
}

function numberType(who: string, metadata: Metadata, isBfloat16: () => boolean): StoredDType {
  const { type, size, signed } = metadata;
  if (type === typeClass.enumeration) {
    const { members, type: base } = metadata.enum_type!;
    if (size === 1 && members['FALSE'] === 0 && members['TRUE'] === 1) return 'bool';
    return numberType(who, { ...metadata, type: base }, isBfloat16);
  }
  if (type === typeClass.integer && [1, 2, 4, 8].includes(size))
    return `${signed ? '' : 'u'}int${size * 8}` as StoredDType;
  if (type === typeClass.float && (size === 4 || size === 8)) return `float${size * 8}` as StoredDType;
  if (type === typeClass.float && size === 2) return isBfloat16() ? 'bfloat16' : 'float16';
  if (type === typeClass.opaque && size === bytesPerNumber('bfloat16') && isBfloat16()) return 'bfloat16';
  return fail(
    who,
    `holds values of a type that Keras never writes (HDF5 class ${type}, ${size} bytes each)`,
    'convert it to integers, floats, booleans or texts',
  );
}

// Keras marks 16-bit values that are bfloat16 with the attribute `dtype`.
function isMarkedBfloat16(library: Library, file: bigint, path: string, name: string): boolean {
  if (name !== '' || !library.get_attribute_names(file, path).includes('dtype')) return false;
  const mark = readValue(library, file, path, 'dtype', () => {});
  return mark.dtype === 'string' && mark.data[0] === 'bfloat16';
}

function pointedTexts(library: Library, bytes: Uint8Array, spend: (bytes: number) => void): string[] {
  const pointers = new Uint32Array(bytes.slice().buffer);
  const decoder = new TextDecoder();
  return Array.from(pointers, (pointer) => {
    if (pointer === 0) return '';
    const memory = library.HEAPU8;
    const end = memory.indexOf(0, pointer);
    spend(end - pointer);
    return decoder.decode(memory.subarray(pointer, end));
  });
}

function paddedTexts(bytes: Uint8Array, { size, strpad }: Metadata): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = bytes.subarray(i * size, (i + 1) * size);
    let end = strpad === 0 ? text.indexOf(0) : size;
    if (end < 0) end = size;
    const filler = strpad === 2 ? 0x20 : 0;
    while (end > 0 && text[end - 1] === filler) end--;
    return decoder.decode(text.subarray(0, end));
  });
}
