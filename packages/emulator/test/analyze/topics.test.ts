import { assert, describe, it } from "@effect/vitest"
import { call, topicNames, topicsOf } from "./support.ts"

describe("topics", () => {
  it("are what the sentences name", () => {
    assert.deepStrictEqual(topicsOf("Our battery supplier raised prices. I like that. Is the battery supplier new?"), [
      {
        text: "Our battery supplier raised prices.",
        start_word: 0,
        end_word: 4,
        topics: [{ topic: "Battery supplier", confidence_score: 0.75 }]
      },
      {
        text: "Is the battery supplier new?",
        start_word: 8,
        end_word: 12,
        topics: [{ topic: "Battery supplier", confidence_score: 0.75 }]
      }
    ])
  })

  it("are found in a call", () => {
    const names = topicNames(call)
    assert.deepStrictEqual(names[0], ["Premier Phone Services"])
    for (const topic of ["Refund", "Order", "Address", "Confirmation"]) assert.include(names.flat(), topic)
    for (const topic of ["Thank", "Today", "Disappointed", "Wonderful", "Help"]) assert.notInclude(names.flat(), topic)
  })

  it("are spelled the same in all segments, as in the first one", () => {
    assert.deepStrictEqual(topicNames("Refunds take a week. I know. My refund is late."), [["Refunds"], ["Refunds"]])
    assert.deepStrictEqual(topicNames("I met Josh of Acme Corp. And NASA called."), [["Acme Corp", "Josh"], ["NASA"]])
  })

  it("are none that do not stand out from the main one", () => {
    const text = "The tram is late. ".repeat(12) + "The tram driver has a cat."
    assert.deepStrictEqual([...new Set(topicNames(text).flat())], ["Tram"])
    assert.deepStrictEqual(topicNames("The tram driver has a cat."), [["Tram driver", "Cat"]])
  })

  it("in neighbouring sentences make one segment, of at most five", () => {
    const text = "The tram is late. ".repeat(7).trim()
    assert.deepStrictEqual(topicsOf(text).map(({ end_word, start_word }) => [start_word, end_word]), [[0, 19], [
      20,
      27
    ]])
    const [first] = topicsOf("The tram is late. So is the tram driver. Sorry!")
    assert.strictEqual(first?.text, "The tram is late. So is the tram driver.")
  })

  it("are no verbs", () => {
    assert.deepStrictEqual(topicNames("I order pizza."), [["Pizza"]])
    assert.deepStrictEqual(topicNames("Update the invoice."), [["Invoice"]])
    assert.deepStrictEqual(topicNames("We want to schedule an interview."), [["Interview"]])
    assert.deepStrictEqual(topicNames("They are painting the kitchen quickly."), [["Kitchen"]])
    assert.deepStrictEqual(topicNames("She's painting. We were painting walls."), [["Walls"]])
    assert.deepStrictEqual(topicNames("The painting is famous."), [["Painting"]])
    assert.deepStrictEqual(topicNames("My family has a speed limit."), [["Speed limit", "Family"]])
    assert.deepStrictEqual(topicNames("This is the order the customer sent."), [["Order", "Customer"]])
    assert.deepStrictEqual(topicNames("We paid. I make a payment, and set the settings."), [["Payment", "Settings"]])
    assert.deepStrictEqual(topicNames("It is what it is. You did it!"), [])
  })
})

describe("custom topics", () => {
  const text = "I was billed twice for the order. The number on the invoice is 12. Where is my package?"

  it("are found by the forms of their words", () => {
    const query = { custom_topic_mode: "strict", custom_topic: ["Billing", "invoices", "number order", "refund"] }
    assert.deepStrictEqual(topicsOf(text, query), [
      {
        text: "I was billed twice for the order.",
        start_word: 0,
        end_word: 6,
        topics: [{ topic: "Billing", confidence_score: 0.75 }]
      },
      {
        text: "The number on the invoice is 12.",
        start_word: 7,
        end_word: 13,
        topics: [{ topic: "invoices", confidence_score: 0.75 }]
      }
    ])
  })

  it("of several words are surer when these are next to each other", () => {
    const score = (text: string) =>
      topicsOf(text, { custom_topic_mode: "strict", custom_topic: "status of an order" })
        .flatMap(({ topics = [] }) => topics.map(({ confidence_score }) => confidence_score))
    assert.deepStrictEqual(score("What is the status of my orders?"), [0.75])
    assert.deepStrictEqual(score("The order has the wrong status."), [0.5])
    assert.deepStrictEqual(score("Order status, please: the status, my order"), [0.75])
    assert.deepStrictEqual(score("The order is here."), [])
    assert.deepStrictEqual(score("The status is good."), [])
  })

  it("come besides those of the text, unless they are strict", () => {
    const query = { custom_topic: ["Packages", "refund"] }
    assert.deepStrictEqual(topicNames("Where is my package from Spain?", query), [["Packages", "Spain"]])
    assert.deepStrictEqual(topicNames("Where is my package from Spain?", { ...query, custom_topic_mode: "extended" }), [
      ["Packages", "Spain"]
    ])
    assert.deepStrictEqual(topicNames("Where is my package from Spain?", { ...query, custom_topic_mode: "strict" }), [
      ["Packages"]
    ])
    assert.deepStrictEqual(topicNames(text, { custom_topic_mode: "strict" }), [])
  })

  it("are found once, however often they are given", () => {
    assert.deepStrictEqual(topicNames("My refund.", { custom_topic: ["refund", "refund"] }), [["refund"]])
  })

  it("are the ten that most speaks for, if a segment is about more", () => {
    const words = ["invoice", "refund", "parcel", "order", "label", "driver", "camera", "garden", "kitchen"]
    const pairs = words.flatMap((one) => words.filter((other) => other !== one).map((other) => `${one} ${other}`))
    const text = "Invoice refund parcel order label. Order label driver camera garden kitchen."
    const [first, second, ...others] = topicsOf(`${text} Never mind! The driver and the invoice.`, {
      custom_topic_mode: "strict",
      custom_topic: [...pairs, ...pairs]
    })
    assert.deepInclude(first, { text })
    const names = first?.topics?.map(({ topic = "" }) => topic) ?? []
    assert.strictEqual(names.length, 10)
    assert.strictEqual(new Set(names).size, 10)
    // Those in a row weigh more than the others.
    assert.sameMembers(names.slice(0, 8), [
      "invoice refund",
      "refund parcel",
      "parcel order",
      "order label",
      "label driver",
      "driver camera",
      "camera garden",
      "garden kitchen"
    ])
    assert.deepStrictEqual(second?.topics?.map(({ topic }) => topic), ["driver invoice", "invoice driver"])
    assert.deepStrictEqual(others, [])
  })

  it("that have no word of their own are found nowhere", () => {
    assert.deepStrictEqual(topicNames("It is about the time.", { custom_topic: ["it", "about the", " ", ""] }), [])
  })
})
