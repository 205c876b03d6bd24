import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateStageCommand,
  type APIGatewayClient,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'
import { get } from '../support/steady-load.ts'

/**
 * A stage on MOCK whose deployments can be told apart in two places that are made at two moments: the
 * request template says the status, the response template the body. The body tells a stage variable, too,
 * which belongs to one deployment.
 */
const statuses = ['200', '201', '202'] as const
const stageName = 'prod'

/** What answers may say: the deployment by its status, by its body, and the variable. */
const whole = (status: string) => `${status} d${status} v${status}`

async function openScene(t: TestContext) {
  const gateway = await startGateway({ arguments: ['--workers', '2'] })
  t.after(() => gateway[Symbol.asyncDispose]())
  const client = apiGatewayClient(gateway.endpoint)
  const { id: restApiId = '', rootResourceId: resourceId } = await client.send(
    new CreateRestApiCommand({ name: 'shop' }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  for (const statusCode of statuses) {
    await client.send(new PutMethodResponseCommand({ ...method, statusCode }))
  }
  await edit(client, method, '200')
  await client.send(
    new CreateDeploymentCommand({ restApiId, stageName, variables: { mark: 'v200' } }),
  )
  return {
    url: `${gateway.endpoint}/_aws/execute-api/${restApiId}/${stageName}/`,
    /** Deploys a canary of half the traffic that answers with a status. */
    async deployCanary(status: string) {
      await edit(client, method, status)
      const canarySettings = {
        percentTraffic: 50,
        stageVariableOverrides: { mark: `v${status}` },
      }
      await client.send(new CreateDeploymentCommand({ restApiId, stageName, canarySettings }))
    },
    patch: (...patchOperations: PatchOperation[]) =>
      client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations })),
  }
}

async function edit(
  client: APIGatewayClient,
  method: { restApiId: string; resourceId: string | undefined; httpMethod: string },
  status: string,
): Promise<void> {
  await client.send(
    new PutIntegrationCommand({
      ...{ ...method, type: 'MOCK' },
      requestTemplates: { 'application/json': `{"statusCode": ${status}}` },
    }),
  )
  for (const statusCode of statuses) {
    await client.send(
      new PutIntegrationResponseCommand({
        ...{ ...method, statusCode },
        ...(statusCode === '200' ? {} : { selectionPattern: statusCode }),
        responseTemplates: { 'application/json': `d${status} $stageVariables.mark` },
      }),
    )
  }
}

/** Eight clients that ask one URL again and again, and what they were answered. */
function startClients(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const inFlight = new Set<Promise<void>>()
  const answers: string[] = []
  const stopping = new AbortController()
  const ask = async (): Promise<void> => {
    const { status, body } = await get(agent, url)
    answers.push(`${status} ${body}`)
  }
  const client = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const asking = ask()
      inFlight.add(asking)
      await asking.finally(() => inFlight.delete(asking))
    }
  }
  const clients = Promise.all(Array.from({ length: 8 }, client))
  return {
    /** What requests are answered that begin from now on: so many of them, and more. */
    async seen(requestsCount: number): Promise<readonly string[]> {
      await Promise.all(inFlight)
      const since = answers.length
      while (answers.length < since + requestsCount) await Promise.race(inFlight)
      return [...new Set(answers.slice(since))].toSorted()
    },
    /** Rejects when a request was lost; resolves to every answer that was given. */
    async stop(): Promise<readonly string[]> {
      stopping.abort()
      await clients
      agent.destroy()
      return answers
    },
  }
}

describe('a canary under load', () => {
  test('is promoted and rolled back without a lost request, and never mixed with the stage', async (t) => {
    const { url, deployCanary, patch } = await openScene(t)
    const clients = startClients(url)
    let current = '200'
    for (const next of ['201', '202', '200']) {
      await deployCanary(next)
      assert.deepEqual(await clients.seen(300), [current, next].map(whole).toSorted())

      // Rolled back, and deployed again.
      await patch({ op: 'remove', path: '/canarySettings' })
      assert.deepEqual(await clients.seen(100), [whole(current)])
      await deployCanary(next)

      await patch(
        { op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' },
        { op: 'copy', path: '/deploymentId', from: '/canarySettings/deploymentId' },
        { op: 'copy', path: '/variables', from: '/canarySettings/stageVariableOverrides' },
      )
      assert.deepEqual(await clients.seen(100), [whole(next)])
      await patch({ op: 'remove', path: '/canarySettings' })
      current = next
    }
    const said = new Set(await clients.stop())
    assert.deepEqual([...said].toSorted(), statuses.map(whole))
  })
})
