import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteClientCertificateCommand,
  GenerateClientCertificateCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  TestInvokeMethodCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { startCertifiedBackend } from '../support/certified-backend.ts'
import { makeCertificate } from '../support/certificates.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const authority = makeCertificate({ subject: 'Private authority', isAuthority: true })
const own = makeCertificate({ subject: 'backend', issuer: authority, addresses: ['127.0.0.1'] })
const restApiId = 'certified1'
const stageNames = ['one', 'two', 'none'] as const

interface Generated {
  readonly id: string
  readonly pem: string
  readonly fingerprint: string
}

async function generate(client: APIGatewayClient): Promise<Generated> {
  const answer = await client.send(new GenerateClientCertificateCommand({}))
  const { clientCertificateId: id = '', pemEncodedCertificate: pem = '' } = answer
  return { id, pem, fingerprint: new X509Certificate(pem).fingerprint256 }
}

const present = (client: APIGatewayClient, stageName: string, value: string) =>
  client.send(
    new UpdateStageCommand({
      ...{ restApiId, stageName },
      patchOperations: [{ op: 'replace', path: '/clientCertificateId', value }],
    }),
  )

/** Publishes HTTP_PROXY at `/proxy` and HTTP at `/custom` in front of a port, on all stages. */
async function publish(client: APIGatewayClient, port: number): Promise<Map<string, string>> {
  const resources = new Map<string, string>()
  const { rootResourceId: parentId } = await client.send(
    new CreateRestApiCommand({ name: 'certified', tags: { _custom_id_: restApiId } }),
  )
  for (const [pathPart, type] of [
    ['proxy', 'HTTP_PROXY'],
    ['custom', 'HTTP'],
  ] as const) {
    const { id: resourceId = '' } = await client.send(
      new CreateResourceCommand({ restApiId, parentId, pathPart }),
    )
    resources.set(pathPart, resourceId)
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    await putIntegration(client, { resourceId, type, port })
    if (type === 'HTTP_PROXY') continue
    await client.send(new PutMethodResponseCommand({ ...method, statusCode: '200' }))
    await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }))
  }
  for (const stageName of stageNames) {
    await client.send(new CreateDeploymentCommand({ restApiId, stageName }))
  }
  return resources
}

function putIntegration(
  client: APIGatewayClient,
  { resourceId, type, port }: { resourceId: string; type: 'HTTP' | 'HTTP_PROXY'; port: number },
) {
  const integration = { type, integrationHttpMethod: 'GET', uri: `https://127.0.0.1:${port}/` }
  return client.send(
    new PutIntegrationCommand({ ...{ restApiId, resourceId, httpMethod: 'GET' }, ...integration }),
  )
}

/** What a client is answered when the backend refuses the gateway. */
const refusal = [504, { message: 'Network error communicating with endpoint' }]

/** A gateway of two workers that can be started again with what it stored. */
async function openScene(t: TestContext) {
  const bundle = join(temporaryDirectory(t), 'authority.pem')
  writeFileSync(bundle, authority.certificatePem)
  const dataDirectory = temporaryDirectory(t)
  const flags = {
    arguments: ['--workers', '2', '--trace-requests', '10', '--upstream-ca', bundle],
    dataDirectory,
  }
  let gateway: RunningGateway = await startGateway(flags)
  t.after(() => gateway[Symbol.asyncDispose]())
  let output = ''
  return {
    client: () => apiGatewayClient(gateway.endpoint),
    output: () => output + gateway.output(),
    /** Each on a connection of its own, so that all workers are asked. */
    async call(stageName: string, path: string) {
      const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/${stageName}/${path}`
      const response = await fetch(url, { headers: { connection: 'close' } })
      return { status: response.status, text: await response.text() }
    },
    /** Everything that is kept of the last requests. */
    async traces(): Promise<string> {
      const read = (path: string) => fetch(`${gateway.endpoint}/_stagedoor/requests${path}`)
      const { requests } = (await (await read('')).json()) as {
        requests: readonly { requestId: string }[]
      }
      const details = requests.map(async ({ requestId }) => (await read(`/${requestId}`)).text())
      return (await Promise.all(details)).join('\n')
    },
    async restart() {
      await gateway.stop()
      output += gateway.output()
      gateway = await startGateway(flags)
    },
  }
}

describe('client certificates', () => {
  test('are shown to HTTPS backends by the stages that have them, and by no other', async (t) => {
    const { client, call, restart, output, traces } = await openScene(t)
    const [first, second] = [await generate(client()), await generate(client())]
    await using strict = await startCertifiedBackend(own, [first.pem])
    await using lenient = await startCertifiedBackend(own, [first.pem, second.pem])
    const resources = await publish(client(), strict.port)
    await present(client(), 'one', first.id)
    await present(client(), 'two', second.id)

    for (let round = 0; round < 4; round += 1) {
      for (const path of ['proxy', 'custom']) {
        assert.deepEqual(await call('one', path), { status: 200, text: first.fingerprint })
        for (const stageName of ['two', 'none']) {
          const { status, text } = await call(stageName, path)
          assert.deepEqual([status, JSON.parse(text)], refusal, stageName)
        }
      }
    }
    assert.equal(strict.count(), 8)

    const resourceId = resources.get('proxy') ?? ''
    const tested = await client().send(
      new TestInvokeMethodCommand({
        ...{ restApiId, resourceId, httpMethod: 'GET' },
        clientCertificateId: first.id,
      }),
    )
    assert.deepEqual([tested.status, tested.body], [200, first.fingerprint])

    // A backend trusts both while the stage goes from one to the other, and back.
    await putIntegration(client(), { resourceId, type: 'HTTP_PROXY', port: lenient.port })
    await client().send(new CreateDeploymentCommand({ restApiId, stageName: 'one' }))
    for (const { id, fingerprint } of [first, second, first]) {
      await present(client(), 'one', id)
      for (let i = 0; i < 6; i += 1) {
        assert.deepEqual(await call('one', 'proxy'), { status: 200, text: fingerprint })
      }
    }
    const deletion = () =>
      client().send(new DeleteClientCertificateCommand({ clientCertificateId: first.id }))
    await assert.rejects(deletion(), { name: 'BadRequestException' })

    await restart()
    assert.deepEqual(await call('one', 'proxy'), { status: 200, text: first.fingerprint })
    await present(client(), 'one', '')
    assert.equal((await call('one', 'proxy')).status, refusal[0])
    await deletion()
    const kept = await traces()
    assert.match(kept, new RegExp(`https://127.0.0.1:${lenient.port}/`))
    for (const text of [output(), kept]) assert.doesNotMatch(text, /PRIVATE KEY/)
  })
})
