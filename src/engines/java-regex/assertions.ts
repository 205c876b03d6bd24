import type { Assertion } from './syntax-tree.ts'

/** Whether an assertion holds at a place of a text, as `java.util.regex` decides. */
export function holds(assertion: Assertion, text: string, position: number): boolean {
  switch (assertion) {
    case 'input-begin':
      return position === 0
    case 'input-end':
      return position === text.length
    case 'last-line-end':
      return position >= text.length - 2 && isLastLineEnd(text, position)
    case 'last-unix-line-end':
      return position === text.length || (position === text.length - 1 && text.endsWith('\n'))
    case 'line-begin':
      return isLineBegin(text, position)
    case 'unix-line-begin':
      return position < text.length && (position === 0 || text[position - 1] === '\n')
    case 'line-end':
      return isLineEnd(text, position)
    case 'unix-line-end':
      return position === text.length || text[position] === '\n'
    case 'word-boundary':
      return isWordBoundary(text, position)
    case 'no-word-boundary':
      return !isWordBoundary(text, position)
  }
}

function isLastLineEnd(text: string, position: number): boolean {
  if (position === text.length - 2) return text.endsWith('\r\n')
  return isLineEnd(text, position)
}

/** Never between CR and LF. */
function isLineEnd(text: string, position: number): boolean {
  if (position === text.length) return true
  if (text[position] === '\n' && text[position - 1] === '\r') return false
  return isTerminator(text[position])
}

/** Never at the end of the text, not even of an empty one. */
function isLineBegin(text: string, position: number): boolean {
  if (position === text.length) return false
  if (position === 0) return true
  if (text[position - 1] === '\r' && text[position] === '\n') return false
  return isTerminator(text[position - 1])
}

function isTerminator(unit: string | undefined): boolean {
  return unit !== undefined && /^[\n\r\u0085\u2028\u2029]$/.test(unit)
}

function isWordBoundary(text: string, position: number): boolean {
  return isWordAt(text, before(text, position)) !== isWordAt(text, position)
}

const wordCharacter = /^[\p{L}\p{Nd}_]$/u
const nonSpacingMark = /^\p{Mn}$/u
const letterOrDigit = /^[\p{L}\p{Nd}]$/u

/** Marks looked back over before a base character is given up. */
const marksMax = 64

/** A mark belongs to the word of the character that it stands on. */
function isWordAt(text: string, position: number): boolean {
  const character = characterAt(text, position)
  if (wordCharacter.test(character)) return true
  if (!nonSpacingMark.test(character)) return false
  let at = position
  for (let count = 0; count < marksMax && at > 0; count++) {
    at = before(text, at)
    const base = characterAt(text, at)
    if (!nonSpacingMark.test(base)) return letterOrDigit.test(base)
  }
  return false
}

function characterAt(text: string, position: number): string {
  const codePoint = position < 0 ? undefined : text.codePointAt(position)
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
}

/** -1 before the first character. */
function before(text: string, position: number): number {
  const isPair = position >= 2 && (text.codePointAt(position - 2) ?? 0) > 0xff_ff
  return position - (isPair ? 2 : 1)
}
