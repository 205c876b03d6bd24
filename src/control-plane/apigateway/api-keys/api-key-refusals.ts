import { badRequest, conflict, limitExceeded, notFound, quotaUsedUp } from '../errors.ts'

/**
 * Every refusal of the operations on API keys, in AWS's words where they are known. A text marked `Chosen`
 * is ours: docs/decisions/0039-api-keys-and-usage-plans.md. None of them repeats a value.
 */
export const apiKeyRefusals = {
  /** Observed. */
  notFound: () => notFound('Invalid API Key identifier specified'),
  /** Observed. */
  shortValue: () => badRequest('API Key value should be at least 20 characters'),
  /** Observed. */
  longValue: () => badRequest('API Key value exceeds maximum size of 128 characters'),
  /** Chosen: no client could send it. */
  value: () => badRequest('API Key value should consist of visible ASCII characters'),
  /** Observed. */
  name: () => badRequest('Invalid API Key name, can be at most 1024 characters.'),
  /** Observed. */
  description: () => badRequest('Invalid API Key description specified.'),
  /** Observed: https://github.com/rrahul963/serverless-add-api-key/issues/27 */
  exists: () => conflict('API Key already exists'),
  /** Chosen: docs/decisions/0007-custom-api-ids.md. */
  customIdTaken: (id: string) => conflict(`Another API key already has this id: ${id}`),
  /** Chosen. */
  stageKey: () => badRequest('Invalid stage key specified'),
  /** Chosen. */
  tooMany: () => limitExceeded(quotaUsedUp('API Keys', 'this account')),

  /** Chosen. */
  importNotText: () => badRequest('Invalid API Key file: it is not UTF-8 text'),
  /** Chosen. */
  importForm: (line: number, problem: string) =>
    badRequest(`Invalid API Key file: line ${line}: ${problem}`),
  /** Chosen. */
  importColumn: (column: string) =>
    badRequest(`Invalid API Key file: there is no column ${column}`),
  /** Chosen. */
  importTooLarge: (rowsMax: number) =>
    badRequest(`Invalid API Key file: it has more than ${rowsMax} keys`),
  /** Chosen. */
  importTooManyFields: (fieldsMax: number) =>
    badRequest(
      `Invalid API Key file: it has more than ${fieldsMax} fields, empty lines and plans among them`,
    ),
  /** Chosen. */
  importWarnings: (warnings: readonly string[]) =>
    badRequest(`No API Key was imported: ${warnings.join('; ')}`),
} as const
