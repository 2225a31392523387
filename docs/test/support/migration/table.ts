/** The tables of `docs/guides/migration.md`. */
import { operations } from "./operations.ts"
import * as options from "./options.ts"
import * as sockets from "./sockets.ts"

const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [line(...head), line(...head.map(() => "---")), ...rows.map((cells) => line(...cells))].join("\n")

const code = (text: string): string => `\`${text}\``

const ofTexts = (head: string, texts: Readonly<Record<string, string>>): string =>
  table([head, "here"], Object.entries(texts).map(([name, text]) => [code(name), text]))

const ofSocket = (module: string, members: Readonly<Record<string, sockets.Instead<never>>>): string =>
  table(
    ["`@deepgram/sdk`", `connection of ${code(`${module}.connect`)}`, ""],
    Object.entries(members).map(([name, [member, text]]) => [
      code(name),
      member === undefined ? "–" : code(member),
      text
    ])
  )

/** What stands between `<!-- name -->` and `<!-- end -->`. */
const tables: Readonly<Record<string, string>> = {
  operations: table(
    ["`@deepgram/sdk`", "here"],
    Object.entries(operations).map(([theirs, ours]) => [code(theirs), ours.map(code).join(", ")])
  ),
  client: ofTexts("option of the client", options.client),
  request: ofTexts("option of a call", options.request),
  connect: ofTexts("argument of `connect`", options.connect),
  error: ofTexts("member of `DeepgramError`", options.error),
  listenV1: ofSocket("ListenV1", sockets.listenV1),
  listenV2: ofSocket("ListenV2", sockets.listenV2),
  speakV1: ofSocket("SpeakV1", sockets.speakV1),
  speakV2: ofSocket("SpeakV2", sockets.speakV2),
  agentV1: ofSocket("AgentV1", sockets.agentV1)
}

/** The names of all tables. */
export const names: ReadonlyArray<string> = Object.keys(tables)

/** The document with the tables of today. */
export const render = (markdown: string): string =>
  markdown.replace(
    /<!-- (\w+) -->\n[\s\S]*?<!-- end -->/g,
    (_, name: string) => `<!-- ${name} -->\n\n${tables[name] ?? "no such table"}\n\n<!-- end -->`
  )
