/** What is published: the folder in `packages/`, which is the name of the packed file too, and the name on npm. */
export const packages: ReadonlyArray<{ readonly folder: string; readonly name: string }>
