/** What scripts of other origins may read (inventory 1.0.6). */
export const exposedHeaders = [
  "dg-model-name",
  "dg-model-uuid",
  "dg-additional-model-uuids",
  "dg-char-count",
  "dg-request-id",
  "dg-project-id",
  "dg-error",
  "dg-breaks-applied",
  "dg-pronunciations-applied",
  "dg-pronunciation-warnings"
]
