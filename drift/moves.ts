/** What the vendor's document nests one level too deep, or has elsewhere. */
import type { Move } from "./move.ts"

const nested: ReadonlyArray<readonly [operation: string, from: string, to: string]> = [
  ["POST /v1/listen", "results.topics.results.topics", "results.topics"],
  ["POST /v1/listen", "results.intents.results.intents", "results.intents"],
  ["POST /v1/read", "metadata.metadata", "metadata"],
  ["POST /v1/read", "results.summary.results.summary", "results.summary"],
  ["POST /v1/read", "results.topics.results.topics", "results.topics"],
  ["POST /v1/read", "results.intents.results.intents", "results.intents"]
]

export const moves: ReadonlyArray<Move> = [
  ...nested.map(([operation, from, to]) => ({
    operation,
    status: "200",
    from,
    to,
    reason: "The document nests it; on the wire it is flat.",
    evidence: "recorded answers (inventory 1.2, 1.5 and trap 2)"
  })),
  ...[["item.member.api_key", "api_key"], ["item.member", "member"]].map(([from = "", to = ""]) => ({
    operation: "GET /v1/projects/{project_id}/keys/{key_id}",
    status: "200",
    from,
    to,
    reason: "Three shapes are known of this answer. All are brought into that of a list's items before validation.",
    evidence: "the vendor's document, its documentation and a recorded answer (inventory 1.12)"
  }))
]
