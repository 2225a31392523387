/** The page's elements, and how they say what goes on. */
import * as Effect from "effect/Effect"
import type { Shown } from "./captions.ts"

/** What goes on. `error` has words of its own. */
type State = "idle" | "asking" | "listening" | "finishing" | "ended" | "error"

const texts: Readonly<Record<Exclude<State, "error">, string>> = {
  idle: "Press the button, and speak.",
  asking: "The browser asks for the microphone: please allow it.",
  listening: "Listening. Press again to stop.",
  finishing: "The last words are on their way.",
  ended: "Ended. Press the button to go on."
}

const element = <E extends HTMLElement>(id: string, kind: new() => E): E => {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`The page has no #${id}`)
}

const make = () => {
  const button = element("captions", HTMLButtonElement)
  const status = element("status", HTMLParagraphElement)
  const log = element("log", HTMLDivElement)
  const current = element("current", HTMLParagraphElement)
  const text = element("text", HTMLSpanElement)
  const interim = element("interim", HTMLSpanElement)
  const behind = element("behind", HTMLParagraphElement)
  const voice = element("voice", HTMLInputElement)
  const hasVoice = document.body.dataset["voice"] === "true"
  element("choice", HTMLLabelElement).hidden = !hasVoice

  const grow = (caption: Pick<Shown["caption"], "text" | "interim">): void => {
    text.textContent = caption.text
    interim.textContent = caption.interim
    current.hidden = caption.text === "" && caption.interim === ""
  }

  const say = (state: State, words: string): void => {
    document.body.dataset["state"] = state
    status.textContent = words
    button.ariaPressed = `${state === "asking" || state === "listening"}`
    // Not `disabled`: that would take the focus away from whoever pressed it by keyboard.
    button.ariaDisabled = `${state === "asking" || state === "finishing"}`
    behind.hidden = state !== "listening"
    if (state === "asking") behind.textContent = ""
  }

  return {
    /** The next time that somebody presses the button; what nobody waits for is not kept. */
    press: Effect.callback<void>((resume) => {
      const pressed = () => resume(Effect.void)
      button.addEventListener("click", pressed, { once: true })
      return Effect.sync(() => button.removeEventListener("click", pressed))
    }),
    /** Whether the test voice is to be heard, where there is one, and not the microphone. */
    wantsVoice: Effect.sync(() => hasVoice && voice.checked),
    show: (state: keyof typeof texts) => Effect.sync(() => say(state, texts[state])),
    fail: (words: string) => Effect.sync(() => say("error", words)),
    /** Only lines that have ended go into the log: a screen reader would read aloud every change of one that grows. */
    caption: ({ behind: seconds, caption }: Shown) =>
      Effect.sync(() => {
        if (caption.text + caption.interim !== "") behind.textContent = `${seconds.toFixed(1)} s behind`
        if (!caption.isFinal) return grow(caption)
        const line = document.createElement("p")
        line.textContent = caption.text
        log.append(line)
        grow({ text: "", interim: "" })
      })
  }
}

/** Finds the elements: a page without them is a defect. */
export const view = Effect.sync(make)
