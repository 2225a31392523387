/** What is said about audio that has no header. */

/** Why live audio cannot be read: raw audio does not tell its rate. */
export const refusedFormat = (
  query: { readonly encoding?: string | undefined; readonly sample_rate?: number | undefined }
): string | undefined =>
  query.encoding !== undefined && query.sample_rate === undefined ? "encoding needs sample_rate" : undefined
