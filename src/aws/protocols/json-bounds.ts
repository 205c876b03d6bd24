import {
  managementJsonDepthMax,
  managementJsonMembersMax,
  managementJsonValuesMax,
} from '../limits.ts'
import { serializationError } from './json-values.ts'

/**
 * Refuses a body that holds more than any input needs, before anything is made of it: who parses, checks or
 * stores one value at a time shall find a bounded number of them, and never recurse into a hostile depth.
 * Reads brackets, colons and commas outside strings; whether the text is JSON is not its question.
 *
 * @throws {ServiceError} SerializationException.
 * Chosen: docs/decisions/0005-wire-where-aws-is-silent.md
 */
export function refuseLargeJson(text: string): void {
  let depth = 0
  let values = 1
  /** Of each level that is open, how many members its object has. */
  const members: number[] = [0]
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case quote:
        i = endOfString(text, i)
        break
      case openBrace:
      case openBracket:
        depth += 1
        if (depth > managementJsonDepthMax) throw tooDeep()
        members[depth] = 0
        values += 1
        break
      case closeBrace:
      case closeBracket:
        depth = Math.max(0, depth - 1)
        break
      case colon:
        members[depth] = (members[depth] ?? 0) + 1
        if ((members[depth] ?? 0) > managementJsonMembersMax) throw tooManyMembers()
        break
      case comma:
        values += 1
    }
    if (values > managementJsonValuesMax) throw tooManyValues()
  }
}

/** Position of the quote that ends the string begun at `start`; past the text when none does. */
function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return text.length
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

const tooDeep = () =>
  serializationError(`The request body is nested deeper than ${managementJsonDepthMax} levels`)
const tooManyMembers = () =>
  serializationError(
    `The request body has a map or structure of more than ${managementJsonMembersMax} members`,
  )
const tooManyValues = () =>
  serializationError(`The request body has more than ${managementJsonValuesMax} values`)
