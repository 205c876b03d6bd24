import { readJsonLiteral } from '../json-document/read-json.ts'
import { innerContext, type ParseContext } from './parse-context.ts'
import type { PathScanner } from './path-scanner.ts'
import type { FunctionParameter } from './path-steps.ts'

/** Reads the parameters of a function, from its `(` to behind its `)`. */
export function parseParameters(
  scanner: PathScanner,
  context: ParseContext,
): readonly FunctionParameter[] {
  const end = closingParenthesis(scanner)
  const parameters: FunctionParameter[] = []
  for (const text of splitAtCommas(scanner.text.slice(scanner.position + 1, end))) {
    const parameter = readParameter(text.trim(), scanner, context)
    if (parameter !== undefined) parameters.push(parameter)
  }
  scanner.position = end + 1
  return parameters
}

function closingParenthesis(scanner: PathScanner): number {
  let depth = 0
  let isQuoted = false
  for (let index = scanner.position; index < scanner.text.length; index += 1) {
    const character = scanner.at(index)
    if (character === '"' && scanner.at(index - 1) !== '\\') isQuoted = !isQuoted
    if (isQuoted) continue
    if (character === '(') depth += 1
    if (character === ')' && --depth === 0) return index
  }
  return scanner.fail('The arguments of a function are not closed')
}

/** At those outside of quotes and brackets. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  let depth = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (character === '"' && text[index - 1] !== '\\') isQuoted = !isQuoted
    if (isQuoted) continue
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (character === ',' && depth === 0) {
      parts.push(text.slice(from, index))
      from = index + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

/** Undefined: neither JSON nor a path, which counts as none. */
function readParameter(
  text: string,
  scanner: PathScanner,
  context: ParseContext,
): FunctionParameter | undefined {
  if (/^[{\d"-]/.test(text)) return { kind: 'value', value: readLiteral(text, scanner) }
  if (!/^[$@]/.test(text)) return undefined
  return { kind: 'path', path: context.parseInner(text, innerContext(context)) }
}

function readLiteral(text: string, scanner: PathScanner) {
  try {
    return readJsonLiteral(text)
  } catch {
    return scanner.fail('An argument of a function is no JSON')
  }
}

/**
 * The parameters as a function takes them. Of what a path finds a length counts the members, and that path
 * starts at the value that the function is applied to, wherever it says.
 */
export function parametersOf(
  name: string,
  parameters: readonly FunctionParameter[],
): readonly FunctionParameter[] {
  const [first] = parameters
  if (first?.kind !== 'path' || (name !== 'length' && name !== 'size')) return parameters
  const { path } = first
  if (path.steps.at(-1)?.kind === 'function') return parameters
  const steps = Object.freeze([...path.steps, { kind: 'wildcard' } as const])
  return [{ kind: 'path', path: { ...path, root: '@', steps } }]
}
