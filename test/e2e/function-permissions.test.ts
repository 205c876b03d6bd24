import {
  CreateAliasCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  createFunction,
  permitApi,
  publishFunctionApi,
  sourceArn,
} from '../support/function-api.ts'
import {
  startLocalGateway,
  untilFailureLogged,
  type LocalGateway,
} from '../support/local-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { get, type Answer } from '../support/steady-load.ts'

/**
 * What API Gateway may invoke: the policy of exactly the qualifier that is invoked, asked about the method
 * as it is declared, through the stage of the request.
 */
const restApiId = 'permapi001'
const refusal = { status: 500, body: '{"message": "Internal server error"}' }
const served = { status: 200, body: 'served' }

/** Requests through two stages; the alias of `dev` is DEV, that of `prod` PROD. */
const requests = {
  'GET dev /pets': '/dev/pets',
  'GET prod /pets': '/prod/pets',
  'GET prod /pets/{petId}': '/prod/pets/7',
  'ANY prod /any': '/prod/any',
  'GET prod /': '/prod/',
} as const
type RequestName = keyof typeof requests

/** By pattern behind the API of the permission on PROD: the requests that it lets through. */
const patterns: readonly (readonly [string, readonly RequestName[]])[] = [
  ['*/*/*', ['GET prod /pets', 'GET prod /pets/{petId}', 'ANY prod /any', 'GET prod /']],
  ['*/*', ['GET prod /pets', 'GET prod /pets/{petId}', 'ANY prod /any', 'GET prod /']],
  ['*', ['GET prod /pets', 'GET prod /pets/{petId}', 'ANY prod /any', 'GET prod /']],
  ['prod/*/*', ['GET prod /pets', 'GET prod /pets/{petId}', 'ANY prod /any', 'GET prod /']],
  ['*/GET/pets', ['GET prod /pets']],
  ['*/GET/pets/*', ['GET prod /pets/{petId}']],
  ['prod/GET/pets/{petId}', ['GET prod /pets/{petId}']],
  ['*/GET/', ['GET prod /']],
  ['*/GET/any', []],
  ['*/ANY/any', ['ANY prod /any']],
  ['*/*/any', ['ANY prod /any']],
  ['dev/*/*', []],
  ['*/POST/pets', []],
  ['pro?/GET/pets', ['GET prod /pets']],
  ['prod/GET/pets/7', []],
]

describe('API Gateway invokes a function', () => {
  let gateway: LocalGateway
  let lambda: LambdaClient
  const agent = new Agent({ keepAlive: true })

  const call = async (request: RequestName): Promise<Answer> =>
    get(agent, `${gateway.url}/_aws/execute-api/${restApiId}${requests[request]}`)

  before(async () => {
    gateway = await startLocalGateway()
    lambda = lambdaClient(gateway.url)
    const source = "export const handler = async () => ({ statusCode: 200, body: 'served' })"
    await createFunction(lambda, 'pets', { 'index.mjs': source })
    await lambda.send(new PublishVersionCommand({ FunctionName: 'pets' }))
    for (const Name of ['DEV', 'PROD']) {
      const alias = { FunctionName: 'pets', Name, FunctionVersion: '1' }
      await lambda.send(new CreateAliasCommand(alias))
    }
    const target = 'pets:${stageVariables.alias}'
    await publishFunctionApi(gateway.url, {
      restApiId,
      routes: [
        { path: '/', target },
        { path: '/pets', target },
        { path: '/pets/{petId}', target },
        { path: '/any', httpMethod: 'ANY', target },
      ],
      stages: { dev: { alias: 'DEV' }, prod: { alias: 'PROD' } },
    })
  })

  after(async () => {
    agent.destroy()
    lambda.destroy()
    await gateway.close()
  })

  /** Each test begins without any permission. */
  beforeEach(async () => {
    for (const Qualifier of [undefined, '1', 'DEV', 'PROD']) {
      const permission = { FunctionName: 'pets', StatementId: 'api' }
      const where = Qualifier === undefined ? permission : { ...permission, Qualifier }
      await lambda.send(new RemovePermissionCommand(where)).catch(() => {})
    }
  })

  test('without a permission the caller gets 500 and the operator AWS’s words', async () => {
    assert.deepEqual(await call('GET prod /pets'), refusal)
    const detail = await untilFailureLogged(gateway, {
      method: 'GET /pets',
      detail: 'Execution failed due to configuration error: Invalid permissions on Lambda function',
    })
    assert.ok(detail.includes(sourceArn(restApiId, 'prod/GET/pets')), detail)
    await permitApi(lambda, 'pets', { Qualifier: 'PROD' })
    assert.deepEqual(await call('GET prod /pets'), served)
  })

  for (const [Qualifier, where] of [
    [undefined, 'the function without a qualifier'],
    ['1', 'the version that the alias points to'],
    ['DEV', 'another alias of the same version'],
  ] as const) {
    test(`a permission on ${where} does not help`, async () => {
      await permitApi(lambda, 'pets', Qualifier === undefined ? {} : { Qualifier })
      assert.deepEqual(await call('GET prod /pets'), refusal)
      const expected = Qualifier === 'DEV' ? served : refusal
      assert.deepEqual(await call('GET dev /pets'), expected)
    })
  }

  test('an alias keeps its permission when it is moved', async () => {
    await permitApi(lambda, 'pets', { Qualifier: 'PROD' })
    const alias = { FunctionName: 'pets', Name: 'PROD' }
    await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '$LATEST' }))
    assert.deepEqual(await call('GET prod /pets'), served)
    await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '1' }))
    assert.deepEqual(await call('GET prod /pets'), served)
  })

  for (const [pattern, allowed] of patterns) {
    test(`${pattern} lets through ${allowed.join(', ') || 'nothing here'}`, async () => {
      await permitApi(lambda, 'pets', {
        Qualifier: 'PROD',
        SourceArn: sourceArn(restApiId, pattern),
      })
      for (const request of Object.keys(requests) as RequestName[]) {
        const expected = allowed.includes(request) ? served : refusal
        assert.deepEqual(await call(request), expected, request)
      }
    })
  }

  for (const [what, members] of [
    ['another API', { SourceArn: sourceArn('otherapi01', '*/*/*') }],
    ['another account', { SourceAccount: '111111111111' }],
    ['another service', { Principal: 'events.amazonaws.com' }],
    ['another action', { Action: 'lambda:GetFunction' }],
  ] as const) {
    test(`a permission for ${what} does not help`, async () => {
      await permitApi(lambda, 'pets', { Qualifier: 'PROD', ...members })
      assert.deepEqual(await call('GET prod /pets'), refusal)
    })
  }
})
