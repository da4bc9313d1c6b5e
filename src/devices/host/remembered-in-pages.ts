/** Pages have no folder in which programs could be kept: they are made. */
export const remembered = <E>(_program: unknown, _made: unknown, make: () => E): E => make();
