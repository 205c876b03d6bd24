import * as sdk from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startHttpBackend, type HttpBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/**
 * Documentation, VPC links, the account, flushes and tags through the official client over a running
 * gateway; each with input that is good, bad, missing and repeated.
 */
const nlb =
  'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/shop/50dc6c495c0c9188'
const otherNlb = nlb.replace('/shop/', '/other/')

let gateway: RunningGateway
let client: sdk.APIGatewayClient

/** What the client throws for AWS's refusal. */
const refusal = (name: string, status: number, message: string) => (error: unknown) => {
  assert.ok(error instanceof sdk.APIGatewayServiceException, String(error))
  assert.deepEqual(
    { name: error.name, status: error.$metadata.httpStatusCode, message: error.message },
    { name, status, message },
  )
  return true
}

const badRequest = (message: string) => refusal('BadRequestException', 400, message)
const notFound = (message: string) => refusal('NotFoundException', 404, message)

/** An answer without what the client adds. */
function plain<Answer extends { readonly $metadata: object }>(answer: Answer) {
  const { $metadata: _, ...members } = answer
  return members
}

async function createApi(name: string) {
  const api = await client.send(new sdk.CreateRestApiCommand({ name }))
  const restApiId = api.id ?? ''
  const method = { restApiId, resourceId: api.rootResourceId ?? '', httpMethod: 'GET' }
  return { restApiId, method }
}

async function publishMock(name: string, members: object = {}) {
  const { restApiId, method } = await createApi(name)
  await client.send(new sdk.PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await client.send(new sdk.PutIntegrationCommand({ ...method, type: 'MOCK' }))
  const deployment = { restApiId, stageName: 'prod', ...members }
  await client.send(new sdk.CreateDeploymentCommand(deployment))
  return { restApiId, stageName: 'prod' }
}

describe('documentation, VPC links, account, flushes and tags', () => {
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    client = apiGatewayClient(gateway.endpoint)
  })
  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
  })

  describe('documentation parts', () => {
    const properties = '{"description":"Pets"}'

    test('live from creation to deletion', async () => {
      const { restApiId } = await createApi('parts')
      const created = await client.send(
        new sdk.CreateDocumentationPartCommand({
          restApiId,
          location: { type: 'METHOD', path: '/pets', method: 'GET' },
          properties,
        }),
      )
      assert.equal(created.$metadata.httpStatusCode, 201)
      const address = { restApiId, documentationPartId: created.id ?? '' }
      const read = await client.send(new sdk.GetDocumentationPartCommand(address))
      assert.deepEqual(plain(read), plain(created))
      const patchOperations = [{ op: 'replace', path: '/properties', value: '{}' }] as const
      const updated = await client.send(
        new sdk.UpdateDocumentationPartCommand({
          ...address,
          patchOperations: [...patchOperations],
        }),
      )
      assert.equal(updated.properties, '{}')
      const deleted = await client.send(new sdk.DeleteDocumentationPartCommand(address))
      assert.equal(deleted.$metadata.httpStatusCode, 202)
      await assert.rejects(
        client.send(new sdk.GetDocumentationPartCommand(address)),
        notFound('Invalid Documentation part identifier specified'),
      )
      await assert.rejects(
        client.send(new sdk.DeleteDocumentationPartCommand(address)),
        notFound('Invalid Documentation part identifier specified'),
      )
    })

    test('are listed by filter, a page at a time', async () => {
      const { restApiId } = await createApi('filters')
      for (const path of ['/a', '/b', '/c']) {
        await client.send(
          new sdk.CreateDocumentationPartCommand({
            restApiId,
            location: { type: 'RESOURCE', path },
            properties,
          }),
        )
      }
      const paths: unknown[] = []
      let position: string | undefined
      do {
        const page = await client.send(
          new sdk.GetDocumentationPartsCommand({ restApiId, type: 'RESOURCE', limit: 2, position }),
        )
        assert.ok((page.items?.length ?? 0) <= 2)
        paths.push(...(page.items ?? []).map(({ location }) => location?.path))
        position = page.position
      } while (position !== undefined)
      assert.equal(paths.length, 3)
      assert.deepEqual(new Set(paths), new Set(['/a', '/b', '/c']))
      const one = await client.send(
        new sdk.GetDocumentationPartsCommand({
          restApiId,
          path: '/b',
          locationStatus: 'DOCUMENTED',
        }),
      )
      assert.deepEqual(
        one.items?.map(({ location }) => location?.path),
        ['/b'],
      )
    })

    test('refuse what is repeated, misplaced, empty, of an unknown type or of no API', async () => {
      const { restApiId } = await createApi('refusals')
      const create = (location: object, more: object = {}) =>
        client.send(
          // The test sends what the client's types rule out.
          new sdk.CreateDocumentationPartCommand({
            restApiId,
            location,
            properties,
            ...more,
          } as never),
        )
      await create({ type: 'API' })
      await assert.rejects(
        create({ type: 'API' }),
        refusal(
          'ConflictException',
          409,
          "Documentation part already exists for the specified location: type 'API'.",
        ),
      )
      await assert.rejects(create({ type: 'MODEL' }), /name is a required field for type 'MODEL'/)
      await assert.rejects(
        create({ type: 'RESOURCE' }, { properties: '' }),
        badRequest('Documentation part properties must be non-empty'),
      )
      await assert.rejects(create({ type: 'API' }, { properties: undefined }), {
        name: 'ValidationException',
      })
      await assert.rejects(
        create({ type: 'INVALID' }),
        refusal(
          'ValidationException',
          400,
          "1 validation error detected: Value 'INVALID' at 'createDocumentationPartInput.location.type' " +
            'failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_BODY, RESPONSE, ' +
            'METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, ' +
            'QUERY_PARAMETER, API, REQUEST_HEADER]',
        ),
      )
      await assert.rejects(
        create({ type: 'API' }, { restApiId: 'nosuchapi0' }),
        notFound('Invalid API identifier specified 000000000000:nosuchapi0'),
      )
    })
  })

  describe('documentation versions', () => {
    test('live from creation to deletion, and are shown by a stage', async () => {
      const { restApiId, stageName } = await publishMock('versions')
      const created = await client.send(
        new sdk.CreateDocumentationVersionCommand({
          restApiId,
          documentationVersion: '1.0',
          stageName,
        }),
      )
      assert.equal(created.$metadata.httpStatusCode, 201)
      assert.ok(created.createdDate instanceof Date)
      const stage = await client.send(new sdk.GetStageCommand({ restApiId, stageName }))
      assert.equal(stage.documentationVersion, '1.0')
      const address = { restApiId, documentationVersion: '1.0' }
      await assert.rejects(
        client.send(new sdk.CreateDocumentationVersionCommand(address)),
        refusal('ConflictException', 409, 'Documentation version already exists'),
      )
      const patchOperations = [{ op: 'replace' as const, path: '/description', value: 'First' }]
      const updated = await client.send(
        new sdk.UpdateDocumentationVersionCommand({ ...address, patchOperations }),
      )
      assert.equal(updated.description, 'First')
      const listed = await client.send(new sdk.GetDocumentationVersionsCommand({ restApiId }))
      assert.deepEqual(listed.items, [plain(updated)])
      const deleted = await client.send(new sdk.DeleteDocumentationVersionCommand(address))
      assert.equal(deleted.$metadata.httpStatusCode, 202)
      await assert.rejects(
        client.send(new sdk.GetDocumentationVersionCommand(address)),
        notFound('Invalid Documentation version specified'),
      )
      await assert.rejects(
        client.send(
          new sdk.UpdateStageCommand({
            restApiId,
            stageName,
            patchOperations: [{ op: 'replace', path: '/documentationVersion', value: '2.0' }],
          }),
        ),
        badRequest('Invalid Documentation version specified'),
      )
    })
  })

  describe('VPC links', () => {
    test('are pending, then ready, and live until they are deleted', async () => {
      const created = await client.send(
        new sdk.CreateVpcLinkCommand({ name: 'shop', targetArns: [nlb] }),
      )
      const vpcLinkId = created.id ?? ''
      assert.equal(created.$metadata.httpStatusCode, 202)
      assert.deepEqual(plain(created), {
        id: vpcLinkId,
        name: 'shop',
        targetArns: [nlb],
        status: 'PENDING',
      })
      const ready = await client.send(new sdk.GetVpcLinkCommand({ vpcLinkId }))
      assert.equal(ready.status, 'AVAILABLE')
      assert.equal(ready.statusMessage, 'Your vpc link is ready for use')
      const patchOperations = [{ op: 'replace' as const, path: '/name', value: 'shop2' }]
      const updated = await client.send(
        new sdk.UpdateVpcLinkCommand({ vpcLinkId, patchOperations }),
      )
      assert.equal(updated.name, 'shop2')
      const listed = await client.send(new sdk.GetVpcLinksCommand({}))
      assert.ok(listed.items?.some(({ id, name }) => id === vpcLinkId && name === 'shop2'))
      const resourceArn = `arn:aws:apigateway:us-east-1::/vpclinks/${vpcLinkId}`
      await client.send(new sdk.TagResourceCommand({ resourceArn, tags: { team: 'shop', x: '' } }))
      await client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys: ['x', 'y'] }))
      const tagged = await client.send(new sdk.GetTagsCommand({ resourceArn, limit: 1 }))
      assert.deepEqual(tagged.tags, { team: 'shop' })
      const deleted = await client.send(new sdk.DeleteVpcLinkCommand({ vpcLinkId }))
      assert.equal(deleted.$metadata.httpStatusCode, 202)
      for (const again of [
        client.send(new sdk.GetVpcLinkCommand({ vpcLinkId })),
        client.send(new sdk.DeleteVpcLinkCommand({ vpcLinkId })),
        client.send(new sdk.GetTagsCommand({ resourceArn })),
      ]) {
        await assert.rejects(again, notFound('Invalid Vpc Link identifier specified'))
      }
    })

    test('refuse bad targets, a missing name and integrations that name no link', async () => {
      const create = (input: object) =>
        client.send(new sdk.CreateVpcLinkCommand({ name: 'n', targetArns: [nlb], ...input }))
      await assert.rejects(
        create({ targetArns: ['invalid-arn'] }),
        badRequest('Invalid ARN. ARN is not well formed invalid-arn'),
      )
      await assert.rejects(create({ name: '' }), badRequest('Name cannot be empty'))
      await assert.rejects(create({ name: undefined }), { name: 'ValidationException' })
      await assert.rejects(
        create({ targetArns: [nlb, otherNlb] }),
        badRequest('More than one target arn specified for vpc link.'),
      )
      const { method } = await createApi('no link')
      await client.send(new sdk.PutMethodCommand({ ...method, authorizationType: 'NONE' }))
      await assert.rejects(
        client.send(
          new sdk.PutIntegrationCommand({
            ...method,
            type: 'HTTP_PROXY',
            integrationHttpMethod: 'GET',
            uri: 'http://shop.example',
            connectionType: 'VPC_LINK',
            connectionId: 'abc123',
          }),
        ),
        badRequest('Invalid Vpc Link identifier specified'),
      )
    })
  })

  describe('the account', () => {
    const role = 'arn:aws:iam::000000000000:role/logs'
    const setRole = (value: string) =>
      client.send(
        new sdk.UpdateAccountCommand({
          patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }],
        }),
      )

    test('gets a role, with which stages store logging settings, and loses it', async () => {
      const stage = await publishMock('logging')
      const turnOn = () =>
        client.send(
          new sdk.UpdateStageCommand({
            ...stage,
            patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' }],
          }),
        )
      const noRole = badRequest(
        'CloudWatch Logs role ARN must be set in account settings to enable logging',
      )
      await assert.rejects(turnOn(), noRole)
      const updated = await setRole(role)
      assert.equal(updated.cloudwatchRoleArn, role)
      assert.deepEqual(updated.features, ['UsagePlans'])
      const { methodSettings } = await turnOn()
      assert.equal(methodSettings?.['*/*']?.loggingLevel, 'INFO')
      await gateway.printed(/setting-not-enforced.*loggingLevel/)
      await setRole('')
      const cleared = await client.send(new sdk.GetAccountCommand({}))
      assert.equal(cleared.cloudwatchRoleArn, undefined)
      await assert.rejects(turnOn(), noRole)
      await assert.rejects(setRole('logs'), badRequest('The role ARN is not well formed'))
    })
  })

  describe('flushes', () => {
    test('answer 202 for a stage that has what is flushed', async () => {
      const cached = await publishMock('cached', { cacheClusterEnabled: true })
      const plainStage = await publishMock('not cached')
      for (const sent of [
        client.send(new sdk.FlushStageCacheCommand(cached)),
        client.send(new sdk.FlushStageAuthorizersCacheCommand(plainStage)),
      ]) {
        assert.equal((await sent).$metadata.httpStatusCode, 202)
      }
      await assert.rejects(
        client.send(new sdk.FlushStageCacheCommand(plainStage)),
        badRequest('Cache cluster is not enabled for this stage'),
      )
      await assert.rejects(
        client.send(new sdk.FlushStageAuthorizersCacheCommand({ ...cached, stageName: 'none' })),
        notFound('Invalid stage identifier specified'),
      )
    })
  })
})

describe('a private integration', () => {
  test('reaches the address of its link, with Host and path of the URI, also after a restart', async (t) => {
    const dataDirectory = temporaryDirectory(t)
    await using backend = await startHostBackend()
    const target = `${nlb}=${backend.authority}`
    let url: string
    let restApiId: string
    {
      await using first = await startGateway({
        dataDirectory,
        arguments: ['--workers', '2', '--vpc-link-target', target],
      })
      using links = apiGatewayClientOf(first)
      const created = await links.client.send(
        new sdk.CreateVpcLinkCommand({ name: 'shop', targetArns: [nlb] }),
      )
      restApiId = await publishPrivate(links.client, created.id ?? '')
      url = `/_aws/execute-api/${restApiId}/prod/`
      for (const path of ['', 'byVariable']) {
        const answer = await fetch(`${first.endpoint}${url}${path}?page=2`)
        assert.deepEqual(await answer.json(), { host: 'shop.example:8443', url: '/v1/pets?page=2' })
        assert.equal(answer.status, 200)
      }
      await assert.rejects(
        links.client.send(new sdk.DeleteVpcLinkCommand({ vpcLinkId: created.id ?? '' })),
        /is referenced in \[.*:GET:.*:prod, .*:GET:.*:prod\] in format of \[RESTApiId:Method:Resource:Stage\]\./,
      )
      await first.stop()
    }
    {
      await using second = await startGateway({
        dataDirectory,
        environment: { STAGEDOOR_VPC_LINK_TARGET: target },
      })
      assert.equal((await fetch(`${second.endpoint}${url}`)).status, 200)
      assert.doesNotMatch(second.output(), /vpc-link-target-without-address/)
      await second.stop()
    }
    await using third = await startGateway({ dataDirectory })
    const answer = await fetch(`${third.endpoint}${url}`)
    assert.equal(answer.status, 500)
    assert.deepEqual(await answer.json(), { message: 'Internal server error' })
    await third.printed(/vpc-link-target-without-address.*loadbalancer\/net\/shop/)
    await third.printed(/request-failed.*loadbalancer\/net\/shop.*--vpc-link-target/)
  })
})

/** Answers what it was asked. */
function startHostBackend(): Promise<HttpBackend> {
  return startHttpBackend((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ host: request.headers.host, url: request.url }))
  })
}

function apiGatewayClientOf({ endpoint }: RunningGateway) {
  const made = apiGatewayClient(endpoint)
  return { client: made, [Symbol.dispose]: () => made.destroy() }
}

/** Publishes `/`, which names the link by its id, and `/byVariable`, which does by a stage variable. */
async function publishPrivate(links: sdk.APIGatewayClient, vpcLinkId: string): Promise<string> {
  const api = await links.send(new sdk.CreateRestApiCommand({ name: 'private' }))
  const restApiId = api.id ?? ''
  const parentId = api.rootResourceId ?? ''
  const child = await links.send(
    new sdk.CreateResourceCommand({ restApiId, parentId, pathPart: 'byVariable' }),
  )
  for (const [resourceId, connectionId] of [
    [parentId, vpcLinkId],
    [child.id ?? '', '${stageVariables.link}'],
  ] as const) {
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    await links.send(new sdk.PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    await links.send(
      new sdk.PutIntegrationCommand({
        ...method,
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: 'http://shop.example:8443/v1/pets',
        connectionType: 'VPC_LINK',
        connectionId,
      }),
    )
  }
  const variables = { link: vpcLinkId }
  const deployment = { restApiId, stageName: 'prod', variables }
  await links.send(new sdk.CreateDeploymentCommand(deployment))
  return restApiId
}
