import { fail, HornbeamError } from './errors.ts';

/** Loads a part of the library that is in a file of its own when it is first needed; says what to do if the file is missing. */
export async function part<M>(what: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    return fail(
      what,
      `a part of the library could not be loaded (${(error as Error).message.split('\n')[0]})`,
      "put all files that the build wrote on the server, beside each other (of dist/browser: the whole folder), and check the connection and the page's content security policy (script-src)",
    );
  }
}
