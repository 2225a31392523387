/** What the status page does: plain JavaScript, for browsers. Whatever clients sent goes into the page as text. */
export const script = `"use strict"
const element = (id) => document.getElementById(id)
const say = (id, text) => {
  if (element(id).textContent !== text) element(id).textContent = text
}

const bytes = (count) =>
  count < 1024 ? count + " B" : count < 1048576 ? (count / 1024).toFixed(1) + " KiB" : (count / 1048576).toFixed(1) + " MiB"
const duration = (ms) =>
  ms < 1000 ? ms + " ms" : ms < 60000 ? (ms / 1000).toFixed(1) + " s" : Math.floor(ms / 60000) + " min " + Math.floor(ms / 1000) % 60 + " s"
const time = (ms) => new Date(ms).toLocaleTimeString()
const carried = (call, way) =>
  (call.transport === "websocket" ? call[way].messages + (call[way].messages === 1 ? " message, " : " messages, ") : "") + bytes(call[way].bytes)
const asked = (call) => call.transport === "websocket" ? "WebSocket" : call.method
const ending = (call) => call.status === 0 || call.status === undefined ? "cut" : String(call.status)

const shown = {}
const fill = (id, rows) => {
  const text = JSON.stringify(rows)
  if (shown[id] === text) return
  shown[id] = text
  const names = Array.from(element(id).tHead.rows[0].cells, (cell) => cell.textContent)
  element(id).tBodies[0].replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr")
    cells.forEach((text, i) => {
      const cell = row.insertCell()
      cell.dataset.name = names[i]
      cell.textContent = text
    })
    return row
  }))
  element(id).hidden = rows.length === 0
  element(id + "-none").hidden = rows.length > 0
}

const goingOn = (now) => (call) =>
  [asked(call), call.path, duration(Math.max(0, now - call.begun)), carried(call, "received"), carried(call, "sent"), call.faults.join(", "), call.requestId]

let isPlanShown = false
const showPlan = (plan) => {
  isPlanShown = true
  element("plan").value = JSON.stringify(plan, undefined, 2)
}

const show = (status) => {
  const sessions = status.active.filter((call) => call.transport === "websocket")
  const requests = status.active.filter((call) => call.transport !== "websocket")
  say("version", status.version)
  say("url", status.url)
  say("uptime", duration(status.now - status.started))
  say("calls", String(status.totals.calls))
  say("sessions-count", String(sessions.length))
  say("requests-count", String(requests.length))
  say("faults-count", String(status.totals.faults))
  fill("sessions", sessions.map(goingOn(status.now)))
  fill("requests", requests.map(goingOn(status.now)))
  fill("recent", status.recent.map((call) =>
    [time(call.begun), asked(call), call.path, ending(call), duration(call.ended - call.begun), carried(call, "received"), carried(call, "sent"), call.faults.join(", "), call.requestId]
  ))
  fill("injected", status.injected.map(({ fault: { type, ...details }, ...one }) =>
    [time(one.time), type, JSON.stringify(details), one.rule, one.method + " " + one.path, one.requestId]
  ))
  fill("options", Object.entries(status.options))
  say("current", status.plan.rules.length === 0 ? "Nothing goes wrong." : JSON.stringify(status.plan))
  if (!isPlanShown) showPlan(status.plan)
}

const reachable = (isThere) => {
  say("state", isThere ? "running" : "gone: it does not answer")
  document.body.classList.toggle("gone", !isThere)
}

const poll = async () => {
  try {
    const response = await fetch("/_emulator/status", { signal: AbortSignal.timeout(10000) })
    if (!response.ok) throw new Error((await response.json()).error)
    show(await response.json())
    reachable(true)
  } catch {
    reachable(false)
  }
}

const pollForEver = async () => {
  await poll()
  setTimeout(pollForEver, 1000)
}

const answer = (isGood, text) => {
  element("answer").classList.toggle("bad", !isGood)
  say("answer", text)
}

const change = async (init) => {
  try {
    const response = await fetch("/_emulator/faults", init)
    const body = await response.json()
    if (response.ok) showPlan(body)
    answer(response.ok, response.ok ? "Done: it holds for calls that begin from now on." : body.error)
    await poll()
  } catch {
    answer(false, "The emulator does not answer.")
  }
}

const ask = (init) => () => {
  change(init())
}
element("set").addEventListener("click", ask(() => ({ method: "PUT", body: element("plan").value })))
element("clear").addEventListener("click", ask(() => ({ method: "DELETE" })))
pollForEver()
`
