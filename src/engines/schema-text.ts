/**
 * The text of a schema without the closing brackets that are too many behind it: AWS reads the first value of
 * the text and leaves the rest. Anything else behind the value stays, and is no JSON.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-validation-set-up.html
 * (the model of the tutorial ends with a bracket too many)
 */
export function schemaTextOf(text: string): string {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    else continue
    if (depth > 0) continue
    const end = index + 1
    return /^[\s\]}]*$/.test(text.slice(end)) ? text.slice(0, end) : text
  }
  return text
}
