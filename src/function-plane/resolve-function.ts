import type {
  FunctionAlias,
  FunctionDeclaration,
  FunctionVersion,
} from '../snapshot/function-declaration.ts'
import { refusals, type Refusal } from './refusals.ts'

/** A function as it was addressed, with the versions that may run. */
export interface ResolvedFunction {
  readonly outcome: 'resolved'
  readonly declaration: FunctionDeclaration
  /** Empty: unqualified. */
  readonly qualifier: string
  readonly version: FunctionVersion
  /** Absent: all invocations go to `version`. */
  readonly additional?: { readonly version: FunctionVersion; readonly weight: number }
}

/** Groups: region, account, name, qualifier. */
const functionArnPattern =
  /^arn:aws[a-zA-Z-]*:lambda:([a-z]{2,}(?:-[a-z]+)+-\d+):(\d{12}):function:([a-zA-Z0-9-_]{1,140})(?::(\$LATEST|[a-zA-Z0-9-_]{1,128}))?$/

/** Longer texts are no ARN of a function. */
const arnCharactersMax = 400

/**
 * What an ARN addresses: `$LATEST` when it is unqualified, else a version or what an alias points to.
 *
 * `find` gives the declaration under the key of `functionKey()`. Refused: no ARN of a function; no such
 * function, version or alias (AWS repeats the ARN as it was given). A region or an account that nobody
 * uses has no functions.
 */
export function resolveFunction(
  functionArn: string,
  find: (key: string) => FunctionDeclaration | undefined,
): ResolvedFunction | Refusal {
  const match = functionArn.length > arnCharactersMax ? null : functionArnPattern.exec(functionArn)
  if (match === null) return refusals.malformedArn(functionArn)
  const [, region, account, functionName, qualifier = ''] = match
  const declaration = find(`${region}:${account}:${functionName}`)
  if (declaration === undefined) return refusals.functionNotFound(functionArn)
  const alias = own(declaration.aliases, qualifier)
  if (alias !== undefined) return resolveAlias(functionArn, declaration, alias)
  const version = own(declaration.versions, qualifier === '' ? '$LATEST' : qualifier)
  if (version === undefined) return refusals.functionNotFound(functionArn)
  return { outcome: 'resolved', declaration, qualifier, version }
}

function resolveAlias(
  functionArn: string,
  declaration: FunctionDeclaration,
  { name, functionVersion, additionalVersion }: FunctionAlias,
): ResolvedFunction | Refusal {
  const version = own(declaration.versions, functionVersion)
  if (version === undefined) return refusals.functionNotFound(functionArn)
  const plain: ResolvedFunction = { outcome: 'resolved', declaration, qualifier: name, version }
  if (additionalVersion === undefined) return plain
  const additional = own(declaration.versions, additionalVersion.version)
  if (additional === undefined) return refusals.functionNotFound(functionArn)
  return { ...plain, additional: { version: additional, weight: additionalVersion.weight } }
}

/** Names come from callers: `constructor` is no version. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
