/**
 * The URL of the module that decoding threads load. It lies beside this one; the URL is assembled so that bundlers do
 * not follow it.
 */
export const threadFile = async (): Promise<string> => import.meta.url.replace(/[^/]*$/, 'sample-thread.js');
