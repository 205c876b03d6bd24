import { tokenKind as kind } from './tokens.ts'

/** What the lexer is in the middle of. */
export type LexicalState =
  | 'text'
  | 'reference'
  | 'modifier'
  | 'call'
  | 'index'
  | 'directive-name'
  | 'directive'
  | 'textblock'
  | 'comment'
  | 'formal-comment'
  | 'line-comment'

/** The longest match at a place: its kind and length; kind -1 when there is none. */
export interface Match {
  kind: number
  length: number
  /** Where the backslashes end that were counted last: a long run is counted once. */
  slashesBegin: number
  slashesEnd: number
}

type Rule = (text: string, at: number, match: Match) => void

/** Takes a candidate: rules are asked in the order of kinds, so that only a longer one beats it. */
function offer(match: Match, tokenKind: number, length: number): void {
  if (length > match.length) {
    match.kind = tokenKind
    match.length = length
  }
}

/** A place for what is found, for one text. */
export function newMatch(): Match {
  return { kind: -1, length: 0, slashesBegin: 0, slashesEnd: 0 }
}

/** Finds the token at a place. Rules of a state run in the order of their kinds. */
export function matchAt(state: LexicalState, text: string, at: number, match: Match): void {
  match.kind = -1
  match.length = 0
  rulesOf[state](text, at, match)
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}

/** Length of the run of units that a test accepts. */
function runLength(text: string, at: number, accepts: (unit: number) => boolean): number {
  let end = at
  while (end < text.length && accepts(text.charCodeAt(end))) end += 1
  return end - at
}

const isBackslash = (unit: number) => unit === 92
const isBlank = (unit: number) => unit === 32 || unit === 9
const isWhitespace = (unit: number) => unit === 32 || unit === 9 || unit === 10 || unit === 13
const isText = (unit: number) => unit !== 36 && unit !== 35 && unit !== 92
const isWordPart = (unit: number) => isLetter(unit) || isDigit(unit) || unit === 95 || unit === 64
const isNamePart = (unit: number) => isLetter(unit) || isDigit(unit) || unit === 45 || unit === 95

/** Length of a line's end: 2 for CR LF. */
function newlineLength(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit === 10) return 1
  if (unit !== 13) return 0
  return text.charCodeAt(at + 1) === 10 ? 2 : 1
}

/** Length with the blanks and the line's end behind it, when there is nothing else. */
function withLineEnd(text: string, at: number, length: number): number {
  const blanks = runLength(text, at + length, isBlank)
  const newline = newlineLength(text, at + length + blanks)
  return newline === 0 ? length : length + blanks + newline
}

function slashesLength(text: string, at: number, match: Match): number {
  if (at < match.slashesBegin || at >= match.slashesEnd) {
    match.slashesBegin = at
    match.slashesEnd = at + runLength(text, at, isBackslash)
  }
  return match.slashesEnd - at
}

/** What begins a reference, directive, comment or textblock: possible in every state. */
function openings(text: string, at: number, match: Match): void {
  const unit = text.charCodeAt(at)
  if (unit === 36 || unit === 92) {
    const before = slashesLength(text, at, match)
    if (text.charCodeAt(at + before) !== 36) return
    offer(match, kind.dollar, before + 1)
    const between = runLength(text, at + before + 1, isBackslash)
    if (text.charCodeAt(at + before + 1 + between) === 33) {
      offer(match, kind.dollarBang, before + between + 2)
    }
  } else if (unit === 35) {
    if (text.startsWith('#[[', at)) offer(match, kind.textblockOpen, 3)
    if (text.startsWith('#**', at) && at + 3 < text.length && text[at + 3] !== '#') {
      offer(match, kind.formalCommentOpen, 4)
    }
    if (text.startsWith('#*', at)) offer(match, kind.commentOpen, 2)
    offer(match, kind.hash, 1)
  }
}

function lineCommentOpening(text: string, at: number, match: Match): void {
  if (text.startsWith('##', at)) offer(match, kind.lineCommentOpen, 2)
}

function setDirective(text: string, at: number, match: Match): void {
  const blanks = runLength(text, at, isBlank)
  const name = at + blanks
  const length = text.startsWith('#set', name) ? 4 : text.startsWith('#{set}', name) ? 6 : 0
  if (length === 0) return
  const spaces = runLength(text, name + length, (unit) => unit === 32)
  if (text[name + length + spaces] === '(') offer(match, kind.set, blanks + length + spaces + 1)
}

function wordLength(text: string, at: number): number {
  const first = text.charCodeAt(at)
  return isLetter(first) || first === 95 || first === 64 ? runLength(text, at, isWordPart) : 0
}

function bracketedWordLength(text: string, at: number): number {
  const first = text.charCodeAt(at + 1)
  if (text[at] !== '{' || (!isLetter(first) && first !== 95)) return 0
  const length = runLength(text, at + 1, isWordPart)
  return text[at + 1 + length] === '}' ? length + 2 : 0
}

function words(text: string, at: number, match: Match): void {
  offer(match, kind.word, wordLength(text, at))
  offer(match, kind.bracketedWord, bracketedWordLength(text, at))
}

/** An even number of backslashes, one more, and a directive's name. */
function escapedDirective(text: string, at: number, match: Match): void {
  if (text.charCodeAt(at) !== 92) return
  const slashes = slashesLength(text, at, match)
  if (slashes % 2 === 0 || text.charCodeAt(at + slashes) !== 35) return
  const name = at + slashes + 1
  const length = Math.max(wordLength(text, name), bracketedWordLength(text, name))
  if (length > 0) offer(match, kind.escapedDirective, slashes + 1 + length)
}

function emptyIndex(text: string, at: number, match: Match): void {
  if (text.charCodeAt(at) !== 36) return
  for (const opening of ['$[', '$![', '$\\![', '$.']) {
    if (text.startsWith(opening, at)) offer(match, kind.emptyIndex, opening.length)
  }
}

/** A quote within is written twice; the literal is as long as it can be. */
function stringLiteral(text: string, at: number, match: Match): void {
  const quote = text[at]
  if (quote !== '"' && quote !== "'") return
  let closed = -1
  for (let i = text.indexOf(quote, at + 1); i >= 0; i = text.indexOf(quote, i + 2)) {
    closed = i
    if (text[i + 1] !== quote) break
  }
  if (closed > 0) offer(match, kind.string, closed + 1 - at)
}

function truth(text: string, at: number, match: Match): void {
  if (text.startsWith('true', at)) offer(match, kind.true, 4)
  if (text.startsWith('false', at)) offer(match, kind.false, 5)
}

function exponentLength(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit !== 69 && unit !== 101) return 0
  const sign = text[at + 1] === '+' || text[at + 1] === '-' ? 1 : 0
  const digits = runLength(text, at + 1 + sign, isDigit)
  return digits === 0 ? 0 : 1 + sign + digits
}

function numbers(text: string, at: number, match: Match): void {
  const sign = text.charCodeAt(at) === 45 ? 1 : 0
  const digits = runLength(text, at + sign, isDigit)
  const end = at + sign + digits
  if (digits > 0) {
    offer(match, kind.integer, sign + digits + (text.startsWith('..', end) ? 2 : 0))
    const exponent = exponentLength(text, end)
    if (exponent > 0) offer(match, kind.float, sign + digits + exponent)
  }
  if (text.charCodeAt(end) !== 46) return
  const decimals = runLength(text, end + 1, isDigit)
  if (digits === 0 && decimals === 0) return
  const length = sign + digits + 1 + decimals
  offer(match, kind.float, length + exponentLength(text, at + length))
}

/** `[ ] , .. : { }`. */
function punctuation(text: string, at: number, match: Match): void {
  const place = '[],'.indexOf(text[at] ?? ' ')
  if (place >= 0) offer(match, kind.leftBracket + place, 1)
  if (text.startsWith('..', at)) offer(match, kind.doubleDot, 2)
  const other = ':{}'.indexOf(text[at] ?? ' ')
  if (other >= 0) offer(match, kind.colon + other, 1)
}

const operators: readonly (readonly [string, number])[] = Object.freeze([
  ['-', kind.minus],
  ['+', kind.plus],
  ['*', kind.multiply],
  ['/', kind.divide],
  ['%', kind.modulus],
  ['&&', kind.and],
  ['and', kind.and],
  ['||', kind.or],
  ['or', kind.or],
  ['<', kind.less],
  ['lt', kind.less],
  ['<=', kind.lessOrEqual],
  ['le', kind.lessOrEqual],
  ['>', kind.greater],
  ['gt', kind.greater],
  ['>=', kind.greaterOrEqual],
  ['ge', kind.greaterOrEqual],
  ['==', kind.equal],
  ['eq', kind.equal],
  ['!=', kind.notEqual],
  ['ne', kind.notEqual],
  ['!', kind.not],
  ['not', kind.not],
  ['=', kind.assign],
])

function operator(text: string, at: number, match: Match): void {
  for (const [written, operatorKind] of operators) {
    if (text.startsWith(written, at)) offer(match, operatorKind, written.length)
  }
}

function whitespace(text: string, at: number, match: Match): void {
  offer(match, kind.whitespace, runLength(text, at, isWhitespace))
}

function identifier(text: string, at: number, match: Match): void {
  const first = text.charCodeAt(at)
  if (isLetter(first) || first === 95)
    offer(match, kind.identifier, runLength(text, at, isNamePart))
}

function dot(text: string, at: number, match: Match): void {
  if (text.charCodeAt(at) === 46 && isLetter(text.charCodeAt(at + 1))) offer(match, kind.dot, 2)
}

function referenceEnds(text: string, at: number, match: Match): void {
  if (text[at] === '{') offer(match, kind.referenceCurly, 1)
  if (text[at] === '}') offer(match, kind.referenceCurlyClose, 1)
  if (at < text.length) offer(match, kind.referenceTerminator, 1)
}

function directiveNames(text: string, at: number, match: Match): void {
  const endings = [
    ['end', kind.endDirective],
    ['{end}', kind.endDirective],
  ] as const
  for (const [name, nameKind] of endings) {
    if (text.startsWith(name, at)) offer(match, nameKind, withLineEnd(text, at, name.length))
  }
  for (const name of ['if', '{if}'])
    if (text.startsWith(name, at)) offer(match, kind.if, name.length)
  for (const name of ['elseif', '{elseif}']) {
    if (text.startsWith(name, at)) offer(match, kind.elseif, name.length)
  }
  for (const name of ['else', '{else}']) {
    if (text.startsWith(name, at)) offer(match, kind.else, withLineEnd(text, at, name.length))
  }
}

function one(text: string, at: number, match: Match, tokenKind: number): void {
  if (at < text.length) offer(match, tokenKind, 1)
}

function closedBy(closing: string, closingKind: number, otherKind: number): Rule {
  return (text, at, match) => {
    openings(text, at, match)
    if (text.startsWith(closing, at)) offer(match, closingKind, closing.length)
    one(text, at, match, otherKind)
  }
}

const rulesOf: Readonly<Record<LexicalState, Rule>> = Object.freeze({
  text(text: string, at: number, match: Match) {
    escapedDirective(text, at, match)
    setDirective(text, at, match)
    openings(text, at, match)
    lineCommentOpening(text, at, match)
    if (text.startsWith('\\\\', at)) offer(match, kind.doubleEscape, 2)
    if (text.charCodeAt(at) === 92) offer(match, kind.escape, 1)
    offer(match, kind.text, runLength(text, at, isText))
    emptyIndex(text, at, match)
  },
  reference(text: string, at: number, match: Match) {
    if (text[at] === '[') offer(match, kind.indexOpen, 1)
    setDirective(text, at, match)
    openings(text, at, match)
    lineCommentOpening(text, at, match)
    truth(text, at, match)
    identifier(text, at, match)
    dot(text, at, match)
    referenceEnds(text, at, match)
    emptyIndex(text, at, match)
  },
  modifier(text: string, at: number, match: Match) {
    if (text[at] === '[') offer(match, kind.indexOpen, 1)
    if (text[at] === '(') offer(match, kind.leftParen, 1)
    setDirective(text, at, match)
    openings(text, at, match)
    truth(text, at, match)
    identifier(text, at, match)
    dot(text, at, match)
    referenceEnds(text, at, match)
  },
  call(text: string, at: number, match: Match) {
    punctuation(text, at, match)
    if (text[at] === ')') offer(match, kind.callClose, 1)
    setDirective(text, at, match)
    openings(text, at, match)
    whitespace(text, at, match)
    stringLiteral(text, at, match)
    truth(text, at, match)
    numbers(text, at, match)
    identifier(text, at, match)
    dot(text, at, match)
  },
  index(text: string, at: number, match: Match) {
    if (text[at] === ']') offer(match, kind.indexClose, 1)
    openings(text, at, match)
    whitespace(text, at, match)
    stringLiteral(text, at, match)
    truth(text, at, match)
    numbers(text, at, match)
  },
  'directive-name'(text: string, at: number, match: Match) {
    openings(text, at, match)
    lineCommentOpening(text, at, match)
    directiveNames(text, at, match)
    numbers(text, at, match)
    words(text, at, match)
    one(text, at, match, kind.directiveTerminator)
  },
  directive(text: string, at: number, match: Match) {
    punctuation(text, at, match)
    if (text[at] === '(') offer(match, kind.leftParen, 1)
    if (text[at] === ')') offer(match, kind.rightParen, withLineEnd(text, at, 1))
    openings(text, at, match)
    lineCommentOpening(text, at, match)
    whitespace(text, at, match)
    stringLiteral(text, at, match)
    truth(text, at, match)
    offer(match, kind.newline, newlineLength(text, at))
    operator(text, at, match)
    numbers(text, at, match)
    words(text, at, match)
  },
  textblock: closedBy(']]#', kind.textblock, kind.inTextblock),
  comment: closedBy('*#', kind.comment, kind.skipped),
  'formal-comment': closedBy('*#', kind.formalComment, kind.skipped),
  'line-comment'(text: string, at: number, match: Match) {
    openings(text, at, match)
    offer(match, kind.lineComment, newlineLength(text, at))
    one(text, at, match, kind.skipped)
  },
})
