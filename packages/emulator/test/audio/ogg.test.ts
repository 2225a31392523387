import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { makeOggReader } from "../../src/internal/audio/codecs/oggPackets.ts"
import { pageBytes, readPage, writePage } from "../../src/internal/audio/codecs/oggPage.ts"
import { bytesOf, oggPage, u32, withChecksum } from "./files.ts"
import { cut, Cuts, makeRandom } from "./support.ts"

const random = makeRandom(8)
const packet = (length: number, first = 7) => Uint8Array.from({ length }, (_, i) => i === 0 ? first : random() * 256)

/** A page of any lengths: 255 says that the packet goes on. */
const page = (flags: number, sequence: number, lengths: ReadonlyArray<number>, body: Uint8Array) =>
  withChecksum(bytesOf(
    "OggS",
    [0, flags],
    u32(0),
    u32(0),
    u32(1),
    u32(sequence),
    u32(0),
    [lengths.length],
    lengths,
    body
  ))

/** A stream of packets, each of which may go on over any number of pages, of up to 255 lengths. */
const stream = (packets: ReadonlyArray<Uint8Array>) => {
  const lengths = packets.flatMap((
    one
  ) => [...Array.from({ length: Math.floor(one.length / 255) }, () => 255), one.length % 255])
  const body = Buffer.concat(packets)
  const pages: Array<Uint8Array> = []
  let at = 0
  for (let from = 0; from < lengths.length;) {
    const some = lengths.slice(from, from + (pages.length === 0 ? 1 : 255))
    const length = some.reduce((sum, one) => sum + one, 0)
    const continued = from > 0 && lengths[from - 1] === 255
    pages.push(
      page((continued ? 1 : 0) | (pages.length === 0 ? 2 : 0), pages.length, some, body.subarray(at, at + length))
    )
    from += some.length
    at += length
  }
  return pages
}

const read = (pieces: Iterable<Uint8Array>) => {
  const reader = makeOggReader((head) => head[0] === 7)
  const packets: Array<Uint8Array> = []
  const take = () => {
    for (let next = reader.next(); next !== undefined; next = reader.next()) packets.push(...next.packets)
  }
  for (const piece of pieces) {
    reader.push(piece)
    take()
  }
  reader.end()
  take()
  return packets
}

describe("Ogg pages", () => {
  it.effect.prop(
    "are read as they were written",
    {
      lengths: Schema.Array(Schema.Literals([0, 1, 254, 255, 256, 510, 3000])).check(Schema.isMaxLength(12)),
      granule: Schema.Int.check(Schema.isBetween({ minimum: -1, maximum: 2 ** 50 })),
      first: Schema.Boolean,
      last: Schema.Boolean
    },
    ({ first, granule, last, lengths }) =>
      Effect.sync(() => {
        const given = {
          first,
          last,
          serial: 0xfedcba98,
          sequence: 3,
          granule,
          packets: lengths.map((one) => packet(one))
        }
        const bytes = writePage(given)
        assert.deepStrictEqual(readPage(bytes), { ...given, continued: false, unfinished: false })
        assert.strictEqual(pageBytes(bytes), bytes.length)
        for (let length = 0; length < Math.min(bytes.length, 60); length++) {
          assert.strictEqual(pageBytes(bytes.subarray(0, length)), 0)
        }
        const at = Math.floor(random() * bytes.length)
        assert.isUndefined(readPage(bytes.map((byte, i) => i === at ? byte ^ 4 : byte)))
      })
  )
})

describe("Ogg packets", () => {
  it.effect.prop(
    "go on from page to page, however they are cut",
    {
      lengths: Schema.Array(Schema.Literals([1, 100, 254, 255, 65_025, 65_300, 200_000])).check(
        Schema.isMinLength(1),
        Schema.isMaxLength(5)
      ),
      cuts: Cuts
    },
    ({ cuts, lengths }) =>
      Effect.sync(() => {
        const packets = [packet(19), ...lengths.map((length) => packet(length))]
        const bytes = new Uint8Array(Buffer.concat(stream(packets)))
        assert.deepStrictEqual(read(cut(bytes, cuts.map((size) => size * 50))), packets)
      }),
    { arbitrary: { runs: 10 } }
  )

  it("lose what was on a page that is missing or damaged, also in part", () => {
    const packets = [packet(19), packet(100_000), packet(50), packet(100_000), packet(60), packet(70)]
    const pages = stream(packets)
    assert.strictEqual(pages.length, 5)
    const without = (index: number) => read(pages.filter((_, i) => i !== index)).map((one) => one.length)
    assert.deepStrictEqual(without(1), [19, 50, 100_000, 60, 70])
    assert.deepStrictEqual(without(2), [19, 60, 70])
    assert.deepStrictEqual(without(4), [19, 100_000, 50])
    const damaged = pages.map((one, i) => i === 1 ? one.map((byte, at) => at === 5000 ? byte ^ 1 : byte) : one)
    assert.deepStrictEqual(read(damaged).map((one) => one.length), [19, 50, 100_000, 60, 70])
  })

  it("hold pictures of any size in the comments, of which nothing is kept", () => {
    const packets = [packet(19), packet(1_500_000), packet(50)]
    const lengths = read(stream(packets)).map((one) => one.length)
    assert.strictEqual(lengths.length, 3)
    assert.isAtMost(lengths[1]!, 1 << 20)
    assert.strictEqual(lengths[2], 50)
  })

  it("follow another stream only when the first has ended", () => {
    const other = (flags: number, sequence: number) => oggPage(flags, 0, sequence, packet(30), 2)
    const one = (flags: number, sequence: number) => oggPage(flags, 0, sequence, packet(20), 1)
    const lengths = (pages: ReadonlyArray<Uint8Array>) => read(pages).map((found) => found.length)
    assert.deepStrictEqual(lengths([one(2, 0), other(2, 0), one(0, 1), other(0, 1), one(4, 2)]), [20, 20, 20])
    assert.deepStrictEqual(lengths([one(2, 0), one(4, 1), other(2, 0), other(4, 1)]), [20, 20, 30, 30])
  })
})
