import type { MethodKey, ResourceId } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  TestInvokeMethodRequest,
  TestInvokeMethodResponse,
} from '../../../aws/models/apigateway-types.ts'
import type { HeaderFields } from '../../../base/header-fields.ts'
import type { MethodTest, MethodTestOutcome } from '../../../ports/method-tester.ts'
import { encodeDefinition } from '../../../snapshot/definition-codec.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import { checkClientCertificate } from '../client-certificates/client-certificate-records.ts'
import type { ApiGatewayContext } from '../context.ts'
import { readApiParts } from '../deployments/create-deployment.ts'
import { freezeDefinition } from '../deployments/freeze-definition.ts'
import { badRequest, refusals } from '../errors.ts'
import { findMethod, getResource, getRestApi } from '../lookup.ts'
import type { MethodRecord, ResourceRecord } from '../records.ts'
import { checkStageVariables } from '../stages/stage-validation.ts'
import { isMethodKey } from './method-key.ts'

/** TestInvokeMethod: a method of the API as it is now, run as a stage would run it. */
export const testInvokeMethod = {
  /**
   * Refuses in this order: resource, method, client certificate, path, headers, variables, integration.
   *
   * Who may call is not asked, as the caller of the test has passed API Gateway's own checks already.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html
   * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-test-method.html
   * Chosen: docs/decisions/0031-execution-logs-and-test-invocations.md
   */
  async TestInvokeMethod(input, context) {
    const test = await transact(context.store, (tx) => readTest(tx, input, context))
    const outcome = await context.methodTester.test(test)
    if (outcome.outcome === 'other-path') throw badRequest(invalidPath)
    return answerOf(outcome)
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

const invalidPath = "Invalid path specified: it is not one of the resource's"

async function readTest(
  tx: Transaction,
  input: TestInvokeMethodRequest,
  { scope, quotas }: ApiGatewayContext,
): Promise<MethodTest> {
  const { restApiId, resourceId, httpMethod, clientCertificateId, body = '' } = input
  const { stageVariables = {} } = input
  const resource = await getResource(tx, scope, { restApiId, resourceId })
  const { methodKey, method } = methodFor(resource, httpMethod)
  const certificate = clientCertificateId === '' ? undefined : clientCertificateId
  if (certificate !== undefined) await checkClientCertificate(tx, scope, certificate)
  const target = targetOf(input, resource)
  const headers = headersOf(input)
  checkStageVariables(stageVariables, quotas)
  const api = await getRestApi(tx, scope, restApiId)
  const tested: ResourceRecord = { ...resource, methods: { [methodKey]: method } }
  const definition = freezeDefinition(api, [tested], await readApiParts(tx, scope, api))
  return {
    ...{ account: scope.account, region: scope.region, restApiId: api.id },
    definition: encodeDefinition(definition),
    // The resource was found under it.
    resourceId: resourceId as ResourceId,
    resourcePath: resource.path,
    httpMethod: httpMethod === 'ANY' ? 'GET' : httpMethod,
    ...{ ...target, headers, body, stageVariables },
    ...(certificate === undefined ? {} : { clientCertificateId: certificate }),
  }
}

/** The method of that verb, or the one of any. */
function methodFor(
  resource: ResourceRecord,
  httpMethod: string,
): { readonly methodKey: MethodKey; readonly method: MethodRecord } {
  const own = findMethod(resource, httpMethod)
  const any = isMethodKey(httpMethod) ? findMethod(resource, 'ANY') : undefined
  const found = own ?? any
  if (found === undefined) throw refusals.methodNotFound()
  return found
}

/** What could not stand in the first line of a request. */
const notInTarget = /[^\x21-\x7e]|#/

function targetOf(
  { pathWithQueryString = '' }: TestInvokeMethodRequest,
  resource: ResourceRecord,
): Pick<MethodTest, 'path' | 'rawQuery'> {
  if (notInTarget.test(pathWithQueryString)) throw badRequest(invalidPath)
  const queryAt = pathWithQueryString.indexOf('?')
  const path = queryAt < 0 ? pathWithQueryString : pathWithQueryString.slice(0, queryAt)
  const rawQuery = queryAt < 0 ? '' : pathWithQueryString.slice(queryAt + 1)
  if (path === '') return { path: resource.path, rawQuery }
  return { path: path.startsWith('/') ? path : `/${path}`, rawQuery }
}

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Of a name in both maps the list counts. */
function headersOf({
  headers = {},
  multiValueHeaders = {},
}: TestInvokeMethodRequest): HeaderFields {
  const single = Object.entries(headers).filter(([name]) => !Object.hasOwn(multiValueHeaders, name))
  const lists = Object.entries(multiValueHeaders)
  const pairs = [
    ...single,
    ...lists.flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ]
  for (const [name, value] of pairs) {
    if (!fieldName.test(name) || !fieldValue.test(value)) {
      throw badRequest(`Invalid header specified: ${JSON.stringify(name)}`)
    }
  }
  return pairs.flat()
}

/** Of a repeated field `headers` has the last value. */
function answerOf(
  outcome: Extract<MethodTestOutcome, { outcome: 'answered' }>,
): TestInvokeMethodResponse {
  const { status, headers, body, log, latencyMs } = outcome
  const lists = new Map<string, string[]>()
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    lists.set(name, [...(lists.get(name) ?? []), headers[i + 1] ?? ''])
  }
  const last = Array.from(lists, ([name, values]) => [name, values.at(-1) ?? ''] as const)
  return {
    status,
    body,
    headers: Object.fromEntries(last),
    multiValueHeaders: Object.fromEntries(lists),
    log,
    latency: latencyMs,
  }
}
