/** Kinds of tokens. Of two that match equally long, the one with the smaller number is taken. */
export const tokenKind = Object.freeze({
  end: 0,
  indexOpen: 1,
  indexClose: 2,
  leftBracket: 3,
  rightBracket: 4,
  comma: 5,
  doubleDot: 6,
  colon: 7,
  leftCurly: 8,
  rightCurly: 9,
  leftParen: 10,
  rightParen: 11,
  callClose: 12,
  escapedDirective: 13,
  set: 14,
  dollar: 15,
  dollarBang: 16,
  textblockOpen: 17,
  formalCommentOpen: 18,
  commentOpen: 19,
  hash: 20,
  lineCommentOpen: 21,
  doubleEscape: 22,
  escape: 23,
  text: 24,
  lineComment: 25,
  formalComment: 26,
  comment: 27,
  textblock: 28,
  skipped: 29,
  inTextblock: 30,
  whitespace: 31,
  string: 32,
  true: 33,
  false: 34,
  newline: 35,
  minus: 36,
  plus: 37,
  multiply: 38,
  divide: 39,
  modulus: 40,
  and: 41,
  or: 42,
  less: 43,
  lessOrEqual: 44,
  greater: 45,
  greaterOrEqual: 46,
  equal: 47,
  notEqual: 48,
  not: 49,
  assign: 50,
  endDirective: 51,
  if: 52,
  elseif: 53,
  else: 54,
  integer: 56,
  float: 57,
  word: 61,
  bracketedWord: 62,
  identifier: 66,
  dot: 67,
  referenceCurly: 68,
  referenceCurlyClose: 69,
  referenceTerminator: 70,
  directiveTerminator: 71,
  emptyIndex: 72,
})

/** A piece of a template. */
export interface Token {
  readonly kind: number
  /** As written; escapes and what stands before the `$` are taken off when its reference is read. */
  image: string
  /** Where it begins and ends in the template. */
  readonly begin: number
  readonly end: number
  /** What was read before it and taken back, in order: it holds `$` and `#` that began nothing. */
  readonly taken: readonly string[]
}

/** The text that a token stands for where it is not understood as anything else. */
export function literalOf({ kind, image, taken }: Token): string {
  if (kind === tokenKind.comment) return ''
  if (taken.length === 0 || taken.at(-1)?.startsWith('##') === true) return image
  return taken.map(signsOf).join('') + image
}

/** The `$`, `#` and the backslashes before a `$`, of a piece that was taken back. */
function signsOf(piece: string): string {
  let signs = ''
  for (let i = 0; i < piece.length; i += 1) {
    const unit = piece[i]
    if (unit === '#' || unit === '$') signs += unit
    if (unit !== '\\') continue
    let end = i
    while (piece[end] === '\\') end += 1
    if (piece[end] !== '$') continue
    signs += piece.slice(i, end + 1)
    i = end + 1
  }
  return signs
}
