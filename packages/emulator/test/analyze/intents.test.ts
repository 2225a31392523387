import { assert, describe, it } from "@effect/vitest"
import { call, intentNames, intentsOf } from "./support.ts"

/** The intents of one sentence each. */
const cases = (all: Readonly<Record<string, ReadonlyArray<string>>>) => {
  for (const [text, intents] of Object.entries(all)) assert.deepStrictEqual(intentNames(text), intents, text)
}

describe("intents", () => {
  it("are segments of one sentence", () => {
    assert.deepStrictEqual(intentsOf("My name is Ann. I also need to update my address. It is raining."), [
      {
        text: "I also need to update my address.",
        start_word: 4,
        end_word: 10,
        intents: [{ intent: "Update address", confidence_score: 0.9 }]
      }
    ])
  })

  it("are found in a call", () => {
    assert.deepStrictEqual(intentNames(call), [
      "Say hi",
      "Thank for calling Premier Phone Services",
      "Help today",
      "Say hello",
      "Get refund on recent purchase",
      "Complain about phone",
      "Say sorry",
      "Help",
      "Ask about order",
      "Update address",
      "Say thanks",
      "Ask about replacement phone",
      "Request refund",
      "Send confirmation by email",
      "Thank for help",
      "Say have a great day"
    ])
  })

  it("are what somebody wants to do, or asks somebody to", () => {
    cases({
      "I need to check my account balance.": ["Check account balance"],
      "We'd really like to book a table for two, if you have one.": ["Book table for two"],
      "I'm calling to cancel my subscription because it's too expensive.": ["Cancel subscription"],
      "could you please send the invoice to Ann": ["Send invoice to Ann"],
      "Please call me back.": ["Call back"],
      "Let me transfer you to the billing department.": ["Transfer to billing department"],
      "Let's schedule a meeting.": ["Schedule meeting"],
      "I'll look into that.": ["Look"],
      "You can subscribe to the show on Spotify or your favorite podcast app.": ["Subscribe to show on Spotify"],
      "Don't forget to water the plants!": ["Water plants"],
      "Cancel my order.": ["Cancel order"],
      "I would like a window seat.": ["Request window seat"],
      "I need help with my router.": ["Request help with router"],
      "I'm calling about the delivery.": ["Ask about delivery"]
    })
  })

  it("are as sure as the sentence is plain", () => {
    const score = (text: string) => intentsOf(text)[0]?.intents?.[0]?.confidence_score
    assert.strictEqual(score("Could you please send the invoice?"), 0.9)
    assert.strictEqual(score("Please send the invoice."), 0.8)
    assert.strictEqual(score("Send the invoice."), 0.6)
  })

  it("are questions and complaints", () => {
    cases({
      "Where is my package?": ["Ask about package"],
      "How much does it cost?": ["Ask how much does it cost"],
      "Is there anything else I can do?": ["Ask is there anything else I can do"],
      "do you have a pool": ["Ask about pool"],
      "The router never works on Sundays.": ["Complain about router"],
      "It doesn't work.": ["Complain that it doesn't work"],
      "There is no problem.": [],
      "The pool is open.": []
    })
  })

  it("are courtesies", () => {
    cases({
      "Hello!": ["Say hello"],
      "Good morning, Ann.": ["Say good morning"],
      "Thank you so much for the quick reply.": ["Thank for quick reply"],
      "Thanks!": ["Say thanks"],
      "No thanks for the offer.": ["Say no thanks"],
      "We apologize for the delay.": ["Apologize for delay"],
      "Sorry.": ["Say sorry"],
      "Bye, talk to you soon.": ["Say talk to you soon"],
      "Goodbye.": ["Say goodbye"]
    })
  })

  it("are at most three, and none twice", () => {
    const text = "I want to pay, I need to pay, I have to leave, I hope to return and I plan to stay."
    assert.deepStrictEqual(intentNames(text), ["Pay", "Leave", "Return"])
  })
})

describe("custom intents", () => {
  const text = "I'd like to cancel the subscription. Nothing else."

  it("come besides those of the text, unless they are strict", () => {
    const query = { custom_intent: ["Cancelling subscriptions", "Buy a car"] }
    assert.deepStrictEqual(intentNames(text, query), ["Cancelling subscriptions", "Cancel subscription"])
    assert.deepStrictEqual(intentsOf(text, { ...query, custom_intent_mode: "strict" }), [
      {
        text: "I'd like to cancel the subscription.",
        start_word: 0,
        end_word: 5,
        intents: [{ intent: "Cancelling subscriptions", confidence_score: 0.75 }]
      }
    ])
    assert.deepStrictEqual(intentsOf(text, { custom_intent_mode: "strict" }), [])
  })

  it("are the ten that most speaks for, if a sentence is for more", () => {
    const names = Array.from({ length: 100 }, (_, index) => `cancel${" it".repeat(index)}`)
    const found = intentNames("I'd like to cancel the subscription.", {
      custom_intent: [...names, "cancel subscription"],
      custom_intent_mode: "strict"
    })
    assert.deepStrictEqual(found, names.slice(0, 10))
  })

  it("that the text brings up itself are named once, as the request spells them", () => {
    assert.deepStrictEqual(intentNames(text, { custom_intent: "cancel SUBSCRIPTION" }), ["cancel SUBSCRIPTION"])
  })
})
