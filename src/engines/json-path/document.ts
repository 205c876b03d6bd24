/**
 * What a path reads: a JSON document whose objects are Maps, so that members keep their order whatever
 * they are called, and whose numbers are whatever the reader of the document made of them.
 */
export type DocumentNode =
  | string
  | boolean
  | null
  | DocumentNumber
  | readonly DocumentNode[]
  | DocumentObject

export type DocumentObject = ReadonlyMap<string, DocumentNode>

/** A JavaScript number, a bigint, or an object that says so of itself. */
export type DocumentNumber = number | bigint | NumberObject

/** A number that keeps how it was written. */
export interface NumberObject {
  /** As Java's BigDecimal prints it: `10`, `1.50`, `1E+10`. */
  readonly decimalText: string
}

/** Whether a node is a JSON object. */
export function isObject(node: DocumentNode): node is DocumentObject {
  return node instanceof Map
}

/** Whether a node is a JSON array. */
export function isList(node: DocumentNode): node is readonly DocumentNode[] {
  return Array.isArray(node)
}

/** Whether a node is a JSON number, however it is kept. */
export function isNumber(node: DocumentNode): node is DocumentNumber {
  if (typeof node === 'number' || typeof node === 'bigint') return true
  return typeof node === 'object' && node !== null && 'decimalText' in node
}

/** The digits of a number. */
export function decimalTextOf(number: DocumentNumber): string {
  return typeof number === 'object' ? number.decimalText : String(number)
}

/** Negative, zero or positive, as `a` is below, at or above `b`; integers of any size are exact. */
export function compareDecimals(a: string, b: string): number {
  if (isInteger(a) && isInteger(b)) {
    const left = BigInt(a)
    const right = BigInt(b)
    return left < right ? -1 : left > right ? 1 : 0
  }
  return Number(a) - Number(b)
}

/** Whether a text is what Java's BigDecimal would read. */
export function isDecimal(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text)
}
