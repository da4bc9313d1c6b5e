import type * as keras from 'hornbeam';
import { makeBackbone } from '../data/backbone.ts';
import { makeDeepLab } from './deep-lab.ts';
import { classes } from './train.ts';
import { makeUNet } from './u-net.ts';

/** A small U-Net: three steps down, three up. */
export const digitUNet = (size: number): keras.Model =>
  makeUNet({ size, channels: 1, classes, filters: [16, 32, 64, 128] });

/** A small DeepLabV3+ on MobileNetV2: coarse features of an eighth of the image's size, fine ones of half. */
export const digitDeepLab = (size: number): keras.Model =>
  makeDeepLab(makeBackbone(size, 'block_6_expand_relu'), {
    classes,
    high: 'block_6_expand_relu',
    low: 'block_1_expand_relu',
    filters: 48,
    lowFilters: 16,
    rates: [2, 3, 4],
  });
