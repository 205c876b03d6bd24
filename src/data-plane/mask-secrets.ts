import { fieldTable } from '../base/field-table.ts'
import type { HeaderFields } from '../base/header-fields.ts'

/** Characters at the end of a secret that a log shows, so that two can be told apart. */
const shownMax = 6

/** What AWS masks in its logs, and what lets whoever has it pass for another. */
const secretFields = fieldTable([
  ['Authorization', 'secret'],
  ['Proxy-Authorization', 'secret'],
  ['x-api-key', 'secret'],
  ['X-Amz-Security-Token', 'secret'],
  ['Cookie', 'secret'],
  ['Set-Cookie', 'secret'],
] as const)

/**
 * A secret as AWS logs it: stars, one for each character, but for the last six. One that is hardly longer
 * is stars alone.
 *
 * Observed: cases/execution-log/secrets-are-masked
 */
export function maskSecret(secret: string): string {
  const shown = secret.length > 2 * shownMax ? secret.slice(-shownMax) : ''
  return '*'.repeat(secret.length - shown.length) + shown
}

/** The value of a field as a log shows it. */
export function maskField(name: string, value: string): string {
  return secretFields.find(name) === undefined ? value : maskSecret(value)
}

/** The fields with their secrets masked. */
export function maskFields(fields: HeaderFields): HeaderFields {
  return fields.map((text, i) => (i % 2 === 0 ? text : maskField(fields[i - 1] ?? '', text)))
}

/** The secrets in some fields, longest first, each also as JSON would write it. */
export function secretsIn(fields: HeaderFields): readonly string[] {
  const secrets = new Set<string>()
  for (let i = 0; i < fields.length; i += 2) {
    const value = fields[i + 1] ?? ''
    if (secretFields.find(fields[i] ?? '') === undefined || value.length <= shownMax) continue
    secrets.add(value)
    secrets.add(JSON.stringify(value).slice(1, -1))
  }
  return [...secrets].toSorted((a, b) => b.length - a.length)
}

/** A text with every occurrence of the secrets masked. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, maskSecret(secret)), text)
}
