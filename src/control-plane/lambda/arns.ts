import type { Scope } from '../../aws/identifiers.ts'

/** The ARN of a function; with a qualifier that of its version or alias. */
export function functionArn(
  { account, region }: Scope,
  functionName: string,
  qualifier?: string,
): string {
  const arn = `arn:aws:lambda:${region}:${account}:function:${functionName}`
  return qualifier === undefined ? arn : `${arn}:${qualifier}`
}

/** The ARN of a layer; with a version that of its version. */
export function layerArn({ account, region }: Scope, layerName: string, version?: number): string {
  const arn = `arn:aws:lambda:${region}:${account}:layer:${layerName}`
  return version === undefined ? arn : `${arn}:${version}`
}
