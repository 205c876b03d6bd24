import { importedColumnsMax, importedFieldsMax } from '../../../aws/limits.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'

/** One key of a file, as it is written there: nothing is checked but the form. */
export interface ApiKeyRow {
  /** Line of the file in which it begins, from 1. */
  readonly line: number
  readonly name: string
  readonly key: string
  /** Empty: none. */
  readonly description: string
  /** Empty: true. */
  readonly enabled: string
  readonly usagePlanIds: readonly string[]
}

/** Chosen: keys of a file; the most that an account may have. */
export const importedKeysMax = 10_000

/**
 * Reads a file of API keys: names of columns in any case and order, `Name` and `Key` among them; columns of
 * other names are left out. A field may stand in double or single quotes, doubled within themselves. Blanks around
 * fields are left out.
 *
 * @throws {ServiceError} BadRequestException for what is no such file.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 * Chosen: docs/decisions/0039-api-keys-and-usage-plans.md
 */
export function parseApiKeyCsv(file: Uint8Array): readonly ApiKeyRow[] {
  const [head, ...rows] = readRecords(textOf(file))
  const columns = (head?.fields ?? []).map((name) => name.trim().toLowerCase())
  for (const required of ['Name', 'Key']) {
    if (!columns.includes(required.toLowerCase())) throw apiKeyRefusals.importColumn(required)
  }
  if (rows.length > importedKeysMax) throw apiKeyRefusals.importTooLarge(importedKeysMax)
  let plansLeft = importedFieldsMax
  return rows.map(({ line, fields }) => {
    if (fields.length > columns.length) {
      throw apiKeyRefusals.importForm(line, 'it has more fields than there are columns')
    }
    const field = (column: string) => (fields[columns.indexOf(column)] ?? '').trim()
    // One more than there may be is enough to see that there are too many.
    const planIds = field('usageplanids').split(',', plansLeft + 1)
    plansLeft -= planIds.length
    if (plansLeft < 0) throw apiKeyRefusals.importTooManyFields(importedFieldsMax)
    return {
      line,
      name: field('name'),
      key: field('key'),
      description: field('description'),
      enabled: field('enabled'),
      usagePlanIds: planIds.map((id) => id.trim()).filter((id) => id !== ''),
    }
  })
}

function textOf(file: Uint8Array): string {
  try {
    // A mark of the byte order is left out.
    return new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    throw apiKeyRefusals.importNotText()
  }
}

interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

const blanks = /[ \t]*/y
const plainField = /[^,\r\n]*/y
const fieldEnd = /[ \t]*(,|\r\n|\n|\r|$)/y

/** The records of a text, those that are empty left out. Of fields it reads no more than there may be. */
function readRecords(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = []
  let at = 0
  let line = 1
  let fieldsLeft = importedFieldsMax
  while (at < text.length) {
    const begun = line
    const fields: string[] = []
    for (;;) {
      const field = readField(text, at, line)
      fields.push(field.text)
      fieldsLeft -= 1
      if (fieldsLeft < 0) throw apiKeyRefusals.importTooManyFields(importedFieldsMax)
      if (fields.length > importedColumnsMax) {
        throw apiKeyRefusals.importForm(line, `it has more than ${importedColumnsMax} fields`)
      }
      line += countLines(text.slice(at, field.end))
      const { end, separator } = readEnd(text, field.end, line)
      at = end
      if (separator === ',') continue
      if (separator !== '') line += 1
      break
    }
    if (fields.some((field) => field.trim() !== '')) records.push({ line: begun, fields })
  }
  return records
}

function readField(text: string, begin: number, line: number): { text: string; end: number } {
  blanks.lastIndex = begin
  blanks.test(text)
  const start = blanks.lastIndex
  const quote = text[start]
  if (quote !== '"' && quote !== "'") {
    plainField.lastIndex = start
    const [plain = ''] = plainField.exec(text) ?? []
    return { text: plain, end: start + plain.length }
  }
  const close = closingQuote(text, start, quote)
  if (close < 0) throw apiKeyRefusals.importForm(line, 'a quoted field has no end')
  const inner = text.slice(start + 1, close)
  return { text: inner.replaceAll(quote + quote, quote), end: close + 1 }
}

/** Where a field ends that is quoted from `start` on: at a quote that is not doubled. -1: nowhere. */
function closingQuote(text: string, start: number, quote: string): number {
  let at = text.indexOf(quote, start + 1)
  while (at >= 0 && text[at + 1] === quote) at = text.indexOf(quote, at + 2)
  return at
}

function readEnd(text: string, start: number, line: number): { end: number; separator: string } {
  fieldEnd.lastIndex = start
  const found = fieldEnd.exec(text)
  if (found === null) {
    throw apiKeyRefusals.importForm(line, 'there is more behind the quotes of a field')
  }
  return { end: fieldEnd.lastIndex, separator: found[1] ?? '' }
}

function countLines(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}
