/**
 * Brings parts of the vendor's description to where they really are, so that their fields are compared one by one and
 * not reported as a whole: missing in one place, extra in another.
 */
import {
  type Description,
  type Field,
  type Fields,
  json,
  nothing,
  type Operation,
  operationName,
  shapeOf,
  type Type
} from "./description.ts"
import type { Because } from "./explain.ts"

/** A part of a JSON answer that the vendor's document has at a wrong place. */
export interface Move extends Because {
  /** `POST /v1/read` */
  readonly operation: string
  readonly status: string
  /** The fields that lead to it in the vendor's document: `results.topics.results.topics`. */
  readonly from: string
  /** The fields that lead to it on the wire: `results.topics`. */
  readonly to: string
}

type Path = ReadonlyArray<string>

const none: Fields = { fields: new Map(), others: undefined }

const objectOf = (field: Field | undefined): Fields => field?.type.objects[0] ?? none

const get = (object: Fields, [name = "", ...deeper]: Path): Field | undefined => {
  const field = object.fields.get(name)
  return deeper.length === 0 ? field : get(objectOf(field), deeper)
}

const withObject = (field: Field | undefined, object: Fields): Field => ({
  required: field?.required ?? false,
  type: { ...field?.type ?? nothing, objects: [object] }
})

/** Objects that have lost their last field go too. */
const set = (object: Fields, [name = "", ...deeper]: Path, field: Field | undefined): Fields => {
  const old = object.fields.get(name)
  const inner = deeper.length === 0 ? undefined : set(objectOf(old), deeper, field)
  const fields = new Map(object.fields)
  const now = inner === undefined ? field : inner.fields.size === 0 ? undefined : withObject(old, inner)
  if (now === undefined) fields.delete(name)
  else fields.set(name, now)
  return { ...object, fields }
}

/** With the fields of an object that is there already. */
const joined = (target: Field | undefined, moved: Field): Field =>
  target === undefined ? moved : withObject(target, {
    fields: new Map([...objectOf(target).fields, ...objectOf(moved).fields]),
    others: objectOf(moved).others
  })

const moveIn = (type: Type, from: Path, to: Path): Type | undefined => {
  const variant = type.objects.find((object) => get(object, from) !== undefined)
  const moved = variant && get(variant, from)
  if (variant === undefined || moved === undefined) return undefined
  const result = set(set(variant, to, joined(get(variant, to), moved)), from, undefined)
  return { ...type, objects: type.objects.map((object) => object === variant ? result : object) }
}

const moveInOperation = (operation: Operation, { from, status, to }: Move): Operation | undefined => {
  const content = operation.responses.get(status)
  const type = content?.get(json)
  const result = type && moveIn(type, from.split("."), to.split("."))
  return result && {
    ...operation,
    responses: new Map(operation.responses).set(status, new Map(content).set(json, result))
  }
}

/** The description with everything moved, and the moves for which there was nothing to move. */
export const applyMoves = (description: Description, moves: ReadonlyArray<Move>) => {
  const operations = new Map(description.operations.map((operation) => [shapeOf(operationName(operation)), operation]))
  const stale: Array<Move> = []
  for (const move of moves) {
    const shape = shapeOf(move.operation)
    const operation = operations.get(shape)
    const result = operation && moveInOperation(operation, move)
    if (result === undefined) stale.push(move)
    else operations.set(shape, result)
  }
  return { description: { ...description, operations: [...operations.values()] }, stale }
}
