/** Parts of an ARN between its colons; the last takes the rest with all further colons. */
const arnParts = 6

/**
 * Whether an ARN is like a pattern, as the condition operator ArnLike has it: each of the six parts
 * between colons by itself, `*` for any number of characters and `?` for one, letters by their case.
 * What has fewer than six parts is like nothing.
 *
 * Documented: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * Cost: a pass over both for a pattern with a `*` at the end of a part; never more than the product of
 * their lengths.
 */
export function isArnLike(arn: string, pattern: string): boolean {
  let arnStart = 0
  let patternStart = 0
  for (let part = 1; part < arnParts; part += 1) {
    const arnEnd = arn.indexOf(':', arnStart)
    const patternEnd = pattern.indexOf(':', patternStart)
    if (arnEnd < 0 || patternEnd < 0) return false
    const text = { within: arn, start: arnStart, end: arnEnd }
    if (!isLike(text, { within: pattern, start: patternStart, end: patternEnd })) return false
    arnStart = arnEnd + 1
    patternStart = patternEnd + 1
  }
  const rest = { within: arn, start: arnStart, end: arn.length }
  return isLike(rest, { within: pattern, start: patternStart, end: pattern.length })
}

interface Span {
  readonly within: string
  readonly start: number
  readonly end: number
}

const star = 0x2a
const questionMark = 0x3f

/** Only the last star is ever tried again: what an earlier one took stays taken. */
function isLike(text: Span, pattern: Span): boolean {
  let at = text.start
  let patternAt = pattern.start
  let afterStar = -1
  let retryAt = 0
  while (at < text.end) {
    const wanted = patternAt < pattern.end ? pattern.within.charCodeAt(patternAt) : -1
    if (wanted === star) {
      patternAt += 1
      afterStar = patternAt
      retryAt = at
    } else if (wanted === questionMark || wanted === text.within.charCodeAt(at)) {
      at += 1
      patternAt += 1
    } else if (afterStar >= 0) {
      patternAt = afterStar
      retryAt += 1
      at = retryAt
    } else return false
  }
  while (patternAt < pattern.end && pattern.within.charCodeAt(patternAt) === star) patternAt += 1
  return patternAt === pattern.end
}
