/** What stands behind URLs where programs run; the texts are such that the emulator's voice and ear agree on them. */

/** Is said in the recording behind every URL that ends in `.wav`. */
export const recorded = "Only the first spacewalk."

/** Stands behind every URL that ends in `.txt`. */
export const written = "The parcel came early, and I love it. Thank you very much."
