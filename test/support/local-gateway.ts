import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { parseConfiguration } from '../../src/server/configuration/configuration.ts'
import {
  createGateway,
  type GatewayOptions,
  type RunningGateway,
} from '../../src/server/gateway.ts'
import { unthrottled } from './running-gateway.ts'
import type { OperatorFields } from '../../src/ports/operator-log.ts'

/** A line of the operator's log. */
export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: OperatorFields
}

/** A gateway in this process, in memory, on free ports, and what it logged. */
export interface LocalGateway extends RunningGateway {
  readonly lines: readonly LoggedLine[]
}

/** Starts one; `flags` are those of the command line, by the setting's name. */
export async function startLocalGateway(
  flags: Readonly<Record<string, unknown>> = {},
  options: Partial<Omit<GatewayOptions, 'configuration' | 'log'>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalGateway> {
  const lines: LoggedLine[] = []
  const write = (level: LoggedLine['level']) => (event: string, fields: OperatorFields) =>
    void lines.push({ level, event, fields })
  const configuration = parseConfiguration({
    flags: { memory: true, port: '0', quota: unthrottled, ...flags },
    environment,
    file: undefined,
  })
  const log = { info: write('info'), warn: write('warn'), error: write('error') }
  const gateway = await createGateway({ idleGraceMs: 0, ...options, configuration, log })
  return { ...gateway, lines }
}

/**
 * Resolves when the operator was told that a request to a resource failed: a worker's line comes a little
 * after the answer. Many failures of one kind are one line.
 */
export async function untilFailureLogged(
  { lines }: LocalGateway,
  failure: { readonly method: string; readonly detail: string },
): Promise<string> {
  const patience = AbortSignal.timeout(30_000)
  for (;;) {
    const details = lines.flatMap(({ event, fields: { method, detail } }) =>
      event === 'request-failed' && method === failure.method ? [String(detail)] : [],
    )
    const found = details.find((detail) => detail.includes(failure.detail))
    if (found !== undefined) return found
    if (patience.aborted) {
      throw new Error(`${failure.method}: no ${failure.detail} in\n${details.join('\n')}`)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Resolves with the first line of an event when the operator was told of it: what workers say comes later. */
export async function untilLogged({ lines }: LocalGateway, event: string): Promise<LoggedLine> {
  const patience = AbortSignal.timeout(30_000)
  for (;;) {
    const found = lines.find((line) => line.event === event)
    if (found !== undefined) return found
    if (patience.aborted) throw new Error(`no ${event} in ${JSON.stringify(lines)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Publishes an API whose root answers GET through HTTP_PROXY, on the stage `prod`. */
export async function publishProxy(
  client: APIGatewayClient,
  backend: { readonly authority: string },
  restApiId = 'proxy12345',
): Promise<void> {
  const { rootResourceId: resourceId } = await client.send(
    new CreateRestApiCommand({ name: 'proxy', tags: { _custom_id_: restApiId } }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: `http://${backend.authority}/`,
    }),
  )
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
}
