/** Why a key or a token cannot stand in a header: a runtime would refuse it with a message that shows it. */
export const unfitSecret = (secret: string): string | undefined =>
  secret === ""
    ? "is empty"
    : /^[\x21-\x7e]+$/.test(secret)
    ? undefined
    : "holds spaces or characters that no credential has"
