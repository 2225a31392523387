import { agent } from "./agent.ts"
import { download } from "./download.ts"
import { errors } from "./errors.ts"
import { interruption } from "./interruption.ts"
import { live } from "./live.ts"
import type { Suite } from "./program.ts"
import { rest } from "./rest.ts"
import { speech } from "./speech.ts"
import { upload } from "./upload.ts"

/** All of them. */
export const suites: ReadonlyArray<Suite> = [rest, upload, download, live, speech, agent, errors, interruption]
