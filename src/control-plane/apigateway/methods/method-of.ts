import type { Scope } from '../../../aws/identifiers.ts'
import type { PutMethodRequest } from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import type { Transaction } from '../../transaction.ts'
import { refusals } from '../errors.ts'
import { checkDeclaredParameters } from '../mapping-rules.ts'
import { checkModels } from '../models/model-records.ts'
import type { MethodRecord } from '../records.ts'
import { checkRequestValidator } from '../request-validators/request-validator-records.ts'

/**
 * A new method as it is stored, checked.
 *
 * @throws {ServiceError} as `settledMethod` does.
 * Observed: management/put-method-*
 */
export async function methodOf(
  tx: Transaction,
  scope: Scope,
  input: PutMethodRequest,
): Promise<MethodRecord> {
  const { operationName, requestModels, requestParameters } = input
  const { authorizationType, authorizerId, authorizationScopes } = input
  const requestValidatorId = input.requestValidatorId || undefined
  const method: MethodRecord = {
    authorizationType,
    ...omitUndefined({ authorizerId, authorizationScopes }),
    apiKeyRequired: input.apiKeyRequired ?? false,
    ...omitUndefined({ operationName, requestValidatorId, requestParameters, requestModels }),
    methodResponses: {},
  }
  return settledMethod(tx, scope, { restApiId: input.restApiId, method })
}

/**
 * A method whose members fit one another, as it is stored. An authorizer named beside an authorization
 * type that has none is left out, as AWS does. Authorizers cannot be created yet, so the id of one names
 * nothing.
 *
 * Refuses in this order: authorization, request validator, models, parameters.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-method-*, management/update-method-*
 */
export async function settledMethod(
  tx: Transaction,
  scope: Scope,
  { restApiId, method }: { readonly restApiId: string; readonly method: MethodRecord },
): Promise<MethodRecord> {
  const { authorizerId: _, authorizationScopes = [], ...settled } = method
  checkAuthorization(method.authorizationType, authorizationScopes)
  const { requestValidatorId, requestModels } = settled
  if (requestValidatorId !== undefined) {
    await checkRequestValidator(tx, scope, { restApiId, requestValidatorId })
  }
  if (requestModels !== undefined) {
    await checkModels(tx, scope, { restApiId, modelsByType: requestModels })
  }
  if (settled.requestParameters !== undefined) checkDeclaredParameters(settled.requestParameters)
  return settled
}

function checkAuthorization(type: string, scopes: readonly string[]): void {
  if (type === 'CUSTOM' || type === 'COGNITO_USER_POOLS') throw refusals.authorizer()
  if (type !== 'NONE' && type !== 'AWS_IAM') throw refusals.authorizationType()
  if (scopes.length > 0) throw refusals.authorizationScopes()
}
