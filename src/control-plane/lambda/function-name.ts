import type { Scope } from '../../aws/identifiers.ts'
import { refusals } from './errors.ts'

/** What a caller named: a function, or a version or an alias of it. */
export interface FunctionAddress {
  readonly functionName: string
  /** `$LATEST`, a number or an alias. Absent: the function itself. */
  readonly qualifier?: string
}

/** Name, `name:qualifier`, partial ARN (`account:function:name`) and ARN, as AWS's pattern has them. */
const nameForm =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/

/**
 * Reads what a caller named, from the member FunctionName and, where the operation has one, Qualifier.
 *
 * @throws {ServiceError} in this order: another region, another account, two qualifiers that differ.
 */
export function readFunctionAddress(
  scope: Scope,
  {
    FunctionName,
    Qualifier,
  }: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): FunctionAddress {
  const [, region, account, functionName = FunctionName, derived] =
    nameForm.exec(FunctionName) ?? []
  if (region !== undefined && region !== scope.region) {
    throw refusals.otherRegion(region, scope.region)
  }
  if (account !== undefined && account !== scope.account) {
    throw refusals.otherAccount(account, scope.account)
  }
  const given = Qualifier === '' ? undefined : Qualifier
  if (given !== undefined && derived !== undefined && given !== derived) {
    throw refusals.qualifierMismatch()
  }
  const qualifier = given ?? derived
  return qualifier === undefined ? { functionName } : { functionName, qualifier }
}

/**
 * Reads the name of a function for an operation that has no qualifier.
 *
 * @throws {ServiceError} as `readFunctionAddress`; InvalidParameterValueException for a qualified name.
 */
export function readFunctionName(scope: Scope, FunctionName: string): string {
  const { functionName, qualifier } = readFunctionAddress(scope, { FunctionName })
  if (qualifier !== undefined) throw refusals.qualifiedName()
  return functionName
}
