import { fail } from '../../base/errors.ts';

/** What stands in pages for the callback: they have no folder for logs. */
export class TensorBoard {
  constructor() {
    fail('TensorBoard', 'a page has no folder for logs', 'train in Node, or keep `history`');
  }
}
