/** Colon-separated parts of a function's ARN without a qualifier. */
const unqualifiedParts = 7
const regionPart = 3

/** What a call of Lambda's API names apart. */
export interface FunctionAddress {
  /** Without a qualifier. */
  readonly functionArn: string
  /** Empty when the ARN names none. */
  readonly region: string
  readonly qualifier: string | undefined
}

/** The parts of `arn:aws:lambda:{region}:{account}:function:{name}[:{qualifier}]`. */
export function splitFunctionArn(arn: string): FunctionAddress {
  const parts = arn.split(':')
  return {
    functionArn: parts.slice(0, unqualifiedParts).join(':'),
    region: parts[regionPart] ?? '',
    qualifier:
      parts.length > unqualifiedParts ? parts.slice(unqualifiedParts).join(':') : undefined,
  }
}
