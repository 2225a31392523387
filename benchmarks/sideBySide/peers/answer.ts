/** What peers that do not validate take the answer of a transcription for. */
export interface Transcription {
  readonly metadata: { readonly duration: number }
  readonly results: {
    readonly channels: ReadonlyArray<{
      readonly alternatives: ReadonlyArray<{ readonly words: ReadonlyArray<unknown> }>
    }>
  }
}
