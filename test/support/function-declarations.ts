import type { AccountId, Region } from '../../src/aws/identifiers.ts'
import type { FunctionInvocation } from '../../src/ports/functions.ts'
import type {
  FunctionAlias,
  FunctionDeclaration,
  FunctionVersion,
} from '../../src/snapshot/function-declaration.ts'
import type { LambdaPolicyStatement } from '../../src/snapshot/lambda-policy.ts'

/** Where the functions of tests live. */
export const functionScope = {
  account: '123456789012' as AccountId,
  region: 'us-east-1' as Region,
} as const

/** The ARN of a function of tests. */
export function functionArn(functionName: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${functionScope.region}:${functionScope.account}:function:${functionName}`
  return qualifier === undefined ? arn : `${arn}:${qualifier}`
}

/** A version that differs from the usual one in what is given. */
export function functionVersion(
  version: string,
  changes: Partial<FunctionVersion> = {},
): FunctionVersion {
  return {
    version,
    revisionId: `revision-of-${version}`,
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    code: { kind: 'zip', sha256: '0'.repeat(64) },
    layers: [],
    environment: {},
    memoryMb: 128,
    timeoutSeconds: 3,
    ephemeralStorageMb: 512,
    logGroup: '/aws/lambda/test',
    ...changes,
  }
}

/** What a declaration of tests may differ in. */
export interface DeclarationChanges {
  readonly functionName?: string
  readonly versions?: readonly FunctionVersion[]
  readonly aliases?: readonly FunctionAlias[]
  readonly policies?: Readonly<Record<string, readonly LambdaPolicyStatement[]>>
  readonly reservedConcurrency?: number
  readonly revision?: number
}

/** A function with `$LATEST` that anyone of the account may invoke. */
export function functionDeclaration(changes: DeclarationChanges = {}): FunctionDeclaration {
  const { versions = [functionVersion('$LATEST')], aliases = [], reservedConcurrency } = changes
  return {
    ...functionScope,
    functionName: changes.functionName ?? 'hello',
    versions: Object.fromEntries(versions.map((version) => [version.version, version])),
    aliases: Object.fromEntries(aliases.map((alias) => [alias.name, alias])),
    policies: changes.policies ?? {},
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    revision: changes.revision ?? 1,
  }
}

/** An invocation of `hello` by the account that waits for the answer. */
export function functionInvocation(changes: Partial<FunctionInvocation> = {}): FunctionInvocation {
  return {
    functionArn: functionArn('hello'),
    caller: { kind: 'account' },
    invocationType: 'RequestResponse',
    payload: '{"a":1}',
    logTail: false,
    ...changes,
  }
}
