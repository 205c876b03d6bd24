/**
 * `node test/e2e/gateway-crash-rounds.ts --rounds 200 [--seed N]`: a whole gateway, written to by three
 * clients at once through the official SDK, killed with SIGKILL at a random moment, started again on
 * the same directory, and asked what it remembers and what it serves.
 */
import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetDeploymentCommand,
  GetResourceCommand,
  GetRestApiCommand,
  GetStageCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHttpBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'
import { seededRandom, testSeed } from '../support/seeded-random.ts'

export interface GatewayCrashReport {
  readonly rounds: number
  /** Writes that were answered before a kill. */
  readonly acknowledged: number
  readonly failures: readonly string[]
}

/** What the clients were told, and so what must be there. */
interface Told {
  /** Two variables always written together: a half write would tell them apart. */
  pair: number
  /** The one that was on its way when the gateway died. */
  pairSent: number
  readonly resources: string[]
  deployment: string
  readonly deployments: Set<string>
  acknowledged: number
}

const restApiId = 'crash12345'

/** Runs the rounds on one data directory. */
export async function runGatewayCrashRounds(
  rounds: number,
  seed: number,
): Promise<GatewayCrashReport> {
  const random = seededRandom(seed)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'stagedoor-crash-'))
  const failures: string[] = []
  await using backend = await startHttpBackend((request, response) => {
    response.end(request.url)
  })
  const told: Told = {
    pair: 0,
    pairSent: 0,
    resources: [],
    deployment: '',
    deployments: new Set(),
    acknowledged: 0,
  }
  try {
    for (let round = 0; round < rounds; round += 1) {
      const quotas = ['--quota', 'resourcesPerApi=1000000', '--log-level', 'error']
      await using gateway = await startGateway({ dataDirectory, arguments: quotas })
      const client = apiGatewayClient(gateway.endpoint)
      if (round === 0) await publish(client, backend.authority, told)
      const found = await check(client, gateway.endpoint, told)
      failures.push(...found.map((failure) => `round ${round}: ${failure}`))
      const clients = writeUntilDead(client, told)
      await new Promise((resolve) => setTimeout(resolve, 5 + random.fraction() * 250))
      await gateway.kill()
      await clients
      client.destroy()
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  return { rounds, acknowledged: told.acknowledged, failures }
}

async function publish(client: APIGatewayClient, backend: string, told: Told): Promise<void> {
  const api = await client.send(
    new CreateRestApiCommand({ name: 'crash', tags: { _custom_id_: restApiId } }),
  )
  const method = { restApiId, resourceId: api.rootResourceId, httpMethod: 'GET' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: 'http://${stageVariables.backend}/${stageVariables.a}/${stageVariables.b}',
    }),
  )
  const variables = { backend, a: '0', b: '0' }
  for (const stageName of ['pair', 'moved']) {
    const deployment = await client.send(
      new CreateDeploymentCommand({ restApiId, stageName, variables }),
    )
    told.deployment = deployment.id ?? ''
    told.deployments.add(told.deployment)
  }
}

/** Three writers, each until the connection breaks. */
async function writeUntilDead(client: APIGatewayClient, told: Told): Promise<void> {
  const { rootResourceId: parentId } = await client.send(new GetRestApiCommand({ restApiId }))
  const untilItFails = async (write: () => Promise<void>) => {
    for (;;) {
      const failed = await write().then(
        () => false,
        () => true,
      )
      if (failed) return
      told.acknowledged += 1
    }
  }
  await Promise.all([
    untilItFails(async () => {
      told.pairSent += 1
      const value = String(told.pairSent)
      const patchOperations = ['a', 'b'].map((name) => ({
        op: 'replace' as const,
        path: `/variables/${name}`,
        value,
      }))
      await client.send(new UpdateStageCommand({ restApiId, stageName: 'pair', patchOperations }))
      told.pair = Number(value)
    }),
    untilItFails(async () => {
      const pathPart = `r${told.resources.length}-${told.acknowledged}`
      const { id = '' } = await client.send(
        new CreateResourceCommand({ restApiId, parentId, pathPart }),
      )
      told.resources.push(id)
    }),
    untilItFails(async () => {
      const { id = '' } = await client.send(
        new CreateDeploymentCommand({ restApiId, stageName: 'moved' }),
      )
      told.deployment = id
      told.deployments.add(id)
    }),
  ])
}

/** What is missing or half there. */
async function check(client: APIGatewayClient, endpoint: string, told: Told): Promise<string[]> {
  const failures: string[] = []
  const pair = await client.send(new GetStageCommand({ restApiId, stageName: 'pair' }))
  const { a, b } = pair.variables ?? {}
  if (a !== b) failures.push(`half a write: a is ${a}, b is ${b}`)
  if (Number(a) !== told.pair && Number(a) !== told.pairSent) {
    failures.push(`a is ${a}; acknowledged was ${told.pair}, on its way ${told.pairSent}`)
  }
  told.pair = Number(a)
  told.pairSent = Math.max(told.pairSent, told.pair)
  const served = await fetch(`${endpoint}/_aws/execute-api/${restApiId}/pair/`)
  const text = await served.text()
  if (text !== `/${a}/${b}`) failures.push(`stored is ${a}, served is ${served.status} ${text}`)
  for (const resourceId of told.resources.splice(0)) {
    const isThere = await client.send(new GetResourceCommand({ restApiId, resourceId })).then(
      () => true,
      () => false,
    )
    if (!isThere) failures.push(`resource ${resourceId} was acknowledged and is gone`)
  }
  const moved = await client.send(new GetStageCommand({ restApiId, stageName: 'moved' }))
  const { deploymentId = '' } = moved
  // The last acknowledged one, or a newer one whose answer the kill cut off.
  if (deploymentId !== told.deployment && told.deployments.has(deploymentId)) {
    failures.push(`the stage is on ${deploymentId}; acknowledged was ${told.deployment}`)
  }
  await client.send(new GetDeploymentCommand({ restApiId, deploymentId }))
  told.deployment = deploymentId
  told.deployments.add(deploymentId)
  return failures
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(testSeed()) },
    },
  })
  const report = await runGatewayCrashRounds(Number(values.rounds), Number(values.seed))
  process.stdout.write(
    `${report.rounds} rounds, seed ${values.seed}: ${report.acknowledged} acknowledged writes, ` +
      `${report.failures.length} failures\n`,
  )
  for (const failure of report.failures) process.stdout.write(`${failure}\n`)
  process.exitCode = report.failures.length === 0 ? 0 : 1
}
