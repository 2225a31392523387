// What is published: the folder in `packages/`, which is the name of the packed file too, and the name on npm.
export const packages = [
  { folder: "deepgram", name: "effect-deepgram" },
  { folder: "node", name: "@effect-deepgram/node" },
  { folder: "emulator", name: "@effect-deepgram/emulator" }
]
