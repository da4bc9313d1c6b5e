/** Where the module is that threads load which decode images: beside this one, put together so that bundlers do not look for it. */
export const threadFile = async (): Promise<string> => import.meta.url.replace(/[^/]*$/, 'image-thread.js');
