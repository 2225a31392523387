/** Markup that Flux does not speak: tags of SSML, as other vendors' voices take them. */

const name = "amazon:[a-z-]+|audio|break|emphasis|lang|mark|mstts:[a-z-]+|phoneme|prosody|say-as|speak|sub|voice"

const tag = new RegExp(`</?(?:${name})(?:\\s[^<>]*)?/?>`, "gi")
const openTag = new RegExp(`^</?(?:${name})(?:\\s[^<>]*)?$`, "i")

/** A text without tags. */
export const withoutMarkup = (text: string): string => text.replace(tag, "")

/** Whether a text ends within a tag. */
export const endsInTag = (text: string): boolean => {
  const begin = text.lastIndexOf("<")
  return begin >= 0 && openTag.test(text.slice(begin))
}
