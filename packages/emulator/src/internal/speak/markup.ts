/** Markup that Flux does not speak: tags of SSML, as other vendors' voices take them. */

const tag =
  /<\/?(?:amazon:[a-z-]+|audio|break|emphasis|lang|mark|mstts:[a-z-]+|phoneme|prosody|say-as|speak|sub|voice)(?:\s[^<>]*)?\/?>/gi

/** A text without tags. */
export const withoutMarkup = (text: string): string => text.replace(tag, "")
