import { JavaRegexError } from './syntax-tree.ts'

/** A character of a pattern. */
export interface PatternCharacter {
  readonly codePoint: number
  /** Between `\Q` and `\E`: it stands for itself. */
  readonly isQuoted: boolean
  /** UTF-16 units from the begin of the pattern. */
  readonly offset: number
}

/** A pattern as a row of characters, with `\Q…\E` resolved, and a place in it. */
export interface PatternScanner {
  /** The character at the place, past blanks and comments where they do not count; '' at the end or when quoted. */
  peek(): string
  /** The character at the place, whatever it is; undefined at the end. */
  current(): PatternCharacter | undefined
  /** As `peek`, so many characters further on, blanks and comments counted. */
  ahead(count: number): string
  /** Goes one character on and gives it; undefined at the end. */
  take(): PatternCharacter | undefined
  /** Goes on if the character at the place is this one. */
  accept(character: string): boolean
  /** Whether blanks and `#…` comments count for nothing. */
  setComments(areIgnored: boolean): void
  fail(message: string): never
}

/** Begins at the first character of a pattern. */
export function scanPattern(pattern: string): PatternScanner {
  const characters = unquoted(pattern)
  let at = 0
  let comments = false
  const plain = (index: number): string => {
    const character = characters[index]
    if (character === undefined || character.isQuoted) return ''
    return String.fromCodePoint(character.codePoint)
  }
  const skip = () => {
    if (!comments) return
    for (;;) {
      if (/^[\t-\r ]$/.test(plain(at))) at += 1
      else if (plain(at) === '#') {
        while (at < characters.length && !isLineEnd(characters[at]?.codePoint)) at += 1
      } else return
    }
  }
  return {
    peek() {
      skip()
      return plain(at)
    },
    current() {
      skip()
      return characters[at]
    },
    ahead: (count) => plain(at + count),
    take() {
      const character = characters[at]
      if (character !== undefined) at += 1
      return character
    },
    accept(character) {
      skip()
      if (plain(at) !== character) return false
      at += 1
      return true
    },
    setComments(areIgnored) {
      comments = areIgnored
    },
    fail(message) {
      throw new JavaRegexError(message, characters[at]?.offset ?? pattern.length)
    },
  }
}

function isLineEnd(codePoint: number | undefined): boolean {
  if (codePoint === undefined) return true
  return (
    codePoint === 0x0a || codePoint === 0x0d || codePoint === 0x85 || (codePoint | 1) === 0x2029
  )
}

function unquoted(pattern: string): PatternCharacter[] {
  const characters: PatternCharacter[] = []
  let isQuoted = false
  for (let offset = 0; offset < pattern.length;) {
    if (isQuoted && pattern.startsWith('\\E', offset)) {
      isQuoted = false
      offset += 2
      continue
    }
    if (!isQuoted && pattern[offset] === '\\') {
      if (pattern[offset + 1] === 'Q') {
        isQuoted = true
        offset += 2
        continue
      }
      // The pair stays together: `\\Q` is a backslash and a Q.
      characters.push({ codePoint: 0x5c, isQuoted, offset })
      offset += 1
      if (offset === pattern.length) break
    }
    const codePoint = pattern.codePointAt(offset) ?? 0
    characters.push({ codePoint, isQuoted, offset })
    offset += codePoint > 0xff_ff ? 2 : 1
  }
  return characters
}
