/** Messages that do not come up with everyone, and why. */
export const gaps: Readonly<
  Record<string, { readonly by: ReadonlyArray<"ours" | "vendor" | "plain">; readonly note: string }>
> = {
  "speakV1.Warning": {
    by: ["ours"],
    note: "effect-deepgram: refuses an empty text itself and keeps the limits, so that it is never warned"
  },
  "agentV1.__customToThinkProvider": { by: ["vendor"], note: "@deepgram/sdk: has no method for it" },
  "agentV1.EndOfThought": {
    by: ["ours", "vendor", "plain"],
    note: "an old message; the emulator does not send it"
  },
  "agentV1.__customFromThinkProvider": { by: ["vendor"], note: "@deepgram/sdk: has no way to ask for it" }
}
