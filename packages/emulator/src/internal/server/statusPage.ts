/** The status page: one document, which loads nothing but `/_emulator/status`. */
import { createHash } from "node:crypto"
import { script } from "./statusPageScript.ts"

const style = `:root {
  color-scheme: light dark;
  --line: light-dark(#d5d9e0, #3a3f4a);
  --soft: light-dark(#5b6472, #a3adbd);
  --accent: light-dark(#0b6b57, #4fd1b3);
  --bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 0.95rem/1.45 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 }
h2 { font-size: 1.05rem; margin: 2rem 0 0.5rem }
header p { margin: 0.2rem 0; color: var(--soft); overflow-wrap: anywhere }
#state { color: var(--accent); font-weight: 600 }
.gone #state, #answer.bad { color: var(--bad) }
.gone main { opacity: 0.5 }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.5rem; margin: 1rem 0 }
dl div { border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.5rem 0.75rem }
dt { color: var(--soft) }
dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 500; white-space: nowrap }
td { font-variant-numeric: tabular-nums }
td:is([data-name=Path], [data-name=Details], [data-name=Call], [data-name=Value]) { overflow-wrap: anywhere }
td:is([data-name=Time], [data-name=For], [data-name=Took]) { white-space: nowrap }
textarea { width: 100%; min-height: 10rem; font: 0.85rem/1.4 ui-monospace, monospace; padding: 0.5rem }
button { font: inherit; padding: 0.4rem 0.9rem; margin: 0.3rem 0.4rem 0.3rem 0 }
code { overflow-wrap: anywhere }
.none { color: var(--soft); margin: 0 }
[hidden] { display: none }
@media (max-width: 45rem) {
  thead { display: none }
  tr { display: block; border-bottom: 1px solid var(--line); padding: 0.4rem 0 }
  td { display: grid; grid-template-columns: 6rem 1fr; border: 0; padding: 0.1rem 0 }
  td::before { content: attr(data-name); color: var(--soft) }
  td:empty { display: none }
}
`

const table = (id: string, title: string, columns: ReadonlyArray<string>, none: string): string =>
  `<section>
<h2>${title}</h2>
<table id="${id}" hidden><thead><tr>${
    columns.map((name) => `<th scope="col">${name}</th>`).join("")
  }</tr></thead><tbody></tbody></table>
<p class="none" id="${id}-none">${none}</p>
</section>`

const call = ["Received", "Sent", "Faults", "Request id"]

/** HTML in UTF-8. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deepgram emulator</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>Deepgram emulator <span id="version"></span></h1>
<p><span id="state" role="status">starting</span> at <code id="url"></code>, for <span id="uptime"></span></p>
</header>
<main>
<dl>
<div><dt>Calls</dt><dd id="calls">0</dd></div>
<div><dt>Open sessions</dt><dd id="sessions-count">0</dd></div>
<div><dt>Open requests</dt><dd id="requests-count">0</dd></div>
<div><dt>Injected faults</dt><dd id="faults-count">0</dd></div>
</dl>
${table("sessions", "Open sessions", ["Kind", "Path", "For", ...call], "No session is open.")}
${table("requests", "Open requests", ["Kind", "Path", "For", ...call], "No request is being answered.")}
<section>
<h2>Faults</h2>
<p>Now: <code id="current"></code></p>
<label for="plan">The plan, as JSON:</label>
<textarea id="plan" spellcheck="false"></textarea>
<button id="set" type="button">Set this plan</button><button id="clear" type="button">Clear it</button>
<p id="answer" role="status"></p>
</section>
${
  table(
    "injected",
    "Injected faults",
    ["Time", "Fault", "Details", "Rule", "Call", "Request id"],
    "Nothing has gone wrong on demand."
  )
}
${
  table(
    "recent",
    "Recent calls",
    ["Time", "Kind", "Path", "Status", "Took", ...call],
    "No call is over."
  )
}
${table("options", "Options", ["Name", "Value"], "")}
</main>
<script>${script}</script>
</body>
</html>
`

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

/** Lets the page run its own script and ask its own server, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")
