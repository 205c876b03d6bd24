import { refusals } from './errors.ts'

/** The models that every new API has. No operation makes others yet. */
const defaultModels: readonly string[] = ['Empty', 'Error']

/**
 * Checks that every model that a method names by media type is there.
 *
 * @throws {ServiceError} BadRequestException for the first one that is not.
 * Observed: management/put-method-unknown-model
 */
export function checkModels(modelsByType: Readonly<Record<string, string>>): void {
  const unknown = Object.values(modelsByType).find((name) => !defaultModels.includes(name))
  if (unknown !== undefined) throw refusals.model(unknown)
}
