import { fail } from '../base/errors.ts';

/**
 * The studio's page as the text of a module that exports `mount`, `fileSource` and `serverSource`. The build puts another module in
 * the place of this one, which holds the page's bundle.
 */
export const pageScript: string = fail('studio', 'its page is made by the build', 'run npm run build');
