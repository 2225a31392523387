/** What the witnesses did, as a document. */
import { readFileSync } from "node:fs"

/** An operation: what was called, and whether a plain client did it. */
export interface OperationRow {
  readonly name: string
  /** `GET /v1/projects`. */
  readonly request: string
  readonly page: string | undefined
  readonly ours: ReadonlyArray<string>
  readonly vendor: ReadonlyArray<string>
  readonly plain: boolean
  readonly note?: string | undefined
}

/** A message of a channel, and who had it on the wire. */
export interface MessageRow {
  readonly channel: string
  readonly path: string
  readonly side: "client" | "server"
  readonly type: string
  readonly ours: boolean
  readonly vendor: boolean
  readonly plain: boolean
  readonly note?: string | undefined
}

const root = new URL("../../../../", import.meta.url)

/** The document. */
export const file = new URL("docs/conformance.md", root)

const versionOf = (path: string): string => {
  const { name, version } = JSON.parse(readFileSync(new URL(path, root), "utf8")) as Readonly<Record<string, string>>
  return `\`${name}\` ${version}`
}

const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => [
  line(...head),
  line(...head.map(() => "---")),
  ...rows.map((cells) => line(...cells))
]

const mark = (done: boolean): string => done ? "✓" : "–"

const code = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? mark(false) : names.map((name) => `\`${name}\``).join("<br>")

const linked = (text: string, page: string | undefined): string => page === undefined ? text : `[${text}](${page})`

const operationCells = ({ note = "", ours, page, plain, request, vendor }: OperationRow) => [
  linked(`\`${request}\``, page),
  code(ours),
  code(vendor),
  mark(plain),
  note
]

const messageCells = ({ note = "", ours, plain, side, type, vendor }: MessageRow) => [
  `${side === "client" ? "→" : "←"} \`${type}\``,
  mark(ours),
  mark(vendor),
  mark(plain),
  note
]

const section = (rows: ReadonlyArray<MessageRow>): ReadonlyArray<string> =>
  ["", `### \`${rows[0]?.path ?? ""}\``, ""].concat(
    table(["Message", "effect-deepgram", "@deepgram/sdk", "Plain", "Notes"], rows.map(messageCells))
  )

/** The whole of `docs/conformance.md`. */
export const render = (
  operations: ReadonlyArray<OperationRow>,
  messages: ReadonlyArray<MessageRow>
): string => {
  const channels = [...new Set(messages.map(({ channel }) => channel))]
  return [
    "# Conformance",
    "",
    "Written by the tests in `packages/emulator/test/conformance`, which fail when it is out of date;",
    "`npm run conformance` writes it anew. It is every operation and every message of the API, with what three clients did",
    "against one running emulator over real sockets. Each of them looks at what came back: ids, texts, what has changed,",
    "and the words that are heard in audio.",
    "",
    `- ${
      versionOf("packages/deepgram/package.json")
    }, this SDK: over \`fetch\` and \`WebSocket\`, and once more over the transports`,
    `  (undici and ws) of ${versionOf("packages/node/package.json")}, for operations with an emulator`,
    "  of its own; here stands what both did",
    `- ${versionOf("node_modules/@deepgram/sdk/package.json")}, Deepgram's own, unchanged but for its base URLs`,
    `- a plain client: \`fetch\` and \`WebSocket\`, as Deepgram's documentation shows them`,
    `- ${versionOf("packages/emulator/package.json")}, which answers them`,
    "",
    "A function or a method stands here because it was called, and its request was seen on the wire.",
    "",
    `## Operations: ${operations.length}`,
    "",
    ...table(["Request", "effect-deepgram", "@deepgram/sdk", "Plain", "Notes"], operations.map(operationCells)),
    "",
    "## Channels",
    "",
    "`→` is said by the client, `←` by the server; `Audio` is a binary frame.",
    ...channels.flatMap((channel) => section(messages.filter((message) => message.channel === channel))),
    ""
  ].join("\n")
}
