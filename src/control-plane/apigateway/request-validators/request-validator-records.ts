import type { Scope } from '../../../aws/identifiers.ts'
import type { Transaction } from '../../transaction.ts'
import { refusals } from '../errors.ts'
import { findRecord } from '../lookup.ts'
import { keys, type RequestValidatorRecord } from '../records.ts'

/** How a caller names a request validator. */
export interface RequestValidatorAddress {
  readonly restApiId: string
  readonly requestValidatorId: string
}

/** @throws {ServiceError} NotFoundException, also when the API is not there. */
export async function getRequestValidator(
  tx: Transaction,
  scope: Scope,
  { restApiId, requestValidatorId }: RequestValidatorAddress,
): Promise<RequestValidatorRecord> {
  const key = keys.requestValidator(scope, restApiId, requestValidatorId)
  const validator = await findRecord(tx, key)
  if (validator === undefined) throw refusals.requestValidatorNotFound()
  return validator
}

/**
 * Checks that the request validator that a method names is there.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-method-unknown-request-validator
 */
export async function checkRequestValidator(
  tx: Transaction,
  scope: Scope,
  { restApiId, requestValidatorId }: RequestValidatorAddress,
): Promise<void> {
  const key = keys.requestValidator(scope, restApiId, requestValidatorId)
  if ((await findRecord(tx, key)) === undefined) throw refusals.requestValidator()
}
