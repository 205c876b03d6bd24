import {
  apiKeyDescriptionCharactersMax,
  apiKeyNameCharactersMax,
  apiKeyValueCharactersMax,
  apiKeyValueCharactersMin,
} from '../../../aws/limits.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'

/** What fits into a header as it is. */
const visible = /^[\x21-\x7e]*$/

/** @throws {ServiceError} BadRequestException for a value that no key may have. */
export function checkApiKeyValue(value: string): void {
  if (value.length < apiKeyValueCharactersMin) throw apiKeyRefusals.shortValue()
  if (value.length > apiKeyValueCharactersMax) throw apiKeyRefusals.longValue()
  if (!visible.test(value)) throw apiKeyRefusals.value()
}

/** @throws {ServiceError} BadRequestException. */
export function checkApiKeyName(name: string): void {
  if (name.length > apiKeyNameCharactersMax) throw apiKeyRefusals.name()
}

/** @throws {ServiceError} BadRequestException. */
export function checkApiKeyDescription(description: string): void {
  if (description.length > apiKeyDescriptionCharactersMax) throw apiKeyRefusals.description()
}
