/**
 * HTTP header fields as they were on the wire: name, value, name, value, … Order, case and repetition
 * are kept, because API Gateway's rules depend on all three; names are compared without case.
 *
 * A flat array, because that is what Node's parser gives and what costs least to copy.
 */
export type HeaderFields = readonly string[]

/** The fields of a message that has none. */
export const noHeaderFields: HeaderFields = Object.freeze([])

/** True when two field names are the same field. `lowerCaseName` must already be lower case. */
export function isFieldName(name: string, lowerCaseName: string): boolean {
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName
}

/** The last value of a field (what API Gateway reads of a repeated one), undefined when absent. */
export function findLastField(fields: HeaderFields, lowerCaseName: string): string | undefined {
  for (let i = fields.length - 2; i >= 0; i -= 2) {
    if (isFieldName(fields[i] ?? '', lowerCaseName)) return fields[i + 1]
  }
  return undefined
}

/** The first value of a field, undefined when absent. */
export function findField(fields: HeaderFields, lowerCaseName: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (isFieldName(fields[i] ?? '', lowerCaseName)) return fields[i + 1]
  }
  return undefined
}

/** All values of a field in order; empty when absent. */
export function fieldValues(fields: HeaderFields, lowerCaseName: string): string[] {
  const values: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    if (isFieldName(fields[i] ?? '', lowerCaseName)) values.push(fields[i + 1] ?? '')
  }
  return values
}

/** The fields without those of the given (lower-case) names. */
export function withoutFields(fields: HeaderFields, lowerCaseNames: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!lowerCaseNames.has(name.toLowerCase())) kept.push(name, fields[i + 1] ?? '')
  }
  return kept
}
