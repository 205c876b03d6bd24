import * as sdk from '@aws-sdk/client-api-gateway'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { awsCommand, awsProgram } from '../support/aws-command.ts'
import { startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'
import { zipOf } from '../support/zip.ts'

/**
 * TestInvokeMethod by the official clients: an API that is deployed nowhere, a method of each type of
 * integration, and what goes wrong.
 */
const restApiId = 'testinvoke'
const account = '000000000000'

/** A log without its dates, its latency and its request's id. */
function shape(log: string, requestId: string): string[] {
  return log
    .trimEnd()
    .replaceAll(requestId, '{id}')
    .replace(/latency: \d+ ms/, 'latency: N ms')
    .split('\n')
    .map((line, i) => {
      if (i === 0) return line
      const found = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4} : (.*)$/s.exec(line)
      assert.ok(found, line)
      return found[1] ?? ''
    })
}

function requestIdOf(log: string | undefined): string {
  const id = /^Execution log for request ([0-9a-f-]{36})\n/.exec(log ?? '')?.[1]
  assert.ok(id !== undefined, log ?? '')
  return id
}

describe('test invocations', () => {
  let gateway: LocalGateway
  let client: sdk.APIGatewayClient
  let lambda: LambdaClient
  let backend: ReturnType<typeof createServer>
  let backendUrl = ''
  const seen: { request: IncomingMessage; body: string }[] = []
  const resources = new Map<string, string>()

  before(async () => {
    backend = createServer((request, response) => {
      void text(request).then((body) => {
        seen.push({ request, body })
        response.writeHead(request.url === '/slow' ? 500 : 201, [
          ['Content-Type', 'application/json'],
          ['X-Backend', 'one'],
          ['X-Backend', 'two'],
        ] as never)
        response.end('{"answer":42}')
      })
    })
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
    backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
    gateway = await startLocalGateway({ workers: '2', traceRequests: '5' })
    client = apiGatewayClient(gateway.url)
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    lambda = new LambdaClient({ endpoint: gateway.url, region: 'us-east-1', credentials })
    await build()
  })

  after(async () => {
    client.destroy()
    lambda.destroy()
    await gateway.close()
    backend.close()
  })

  async function resourceFor(path: string): Promise<string> {
    const known = resources.get(path)
    if (known !== undefined) return known
    const at = path.lastIndexOf('/')
    const parentId = await resourceFor(at === 0 ? '/' : path.slice(0, at))
    const { id } = await client.send(
      new sdk.CreateResourceCommand({ restApiId, parentId, pathPart: path.slice(at + 1) }),
    )
    resources.set(path, id ?? '')
    return id ?? ''
  }

  async function put(
    key: string,
    integration: Partial<sdk.PutIntegrationCommandInput>,
    method: Partial<sdk.PutMethodCommandInput> = {},
  ): Promise<void> {
    const [httpMethod = '', path = ''] = key.split(' ')
    const address = { restApiId, resourceId: await resourceFor(path), httpMethod }
    await client.send(
      new sdk.PutMethodCommand({ ...address, authorizationType: 'NONE', ...method }),
    )
    await client.send(new sdk.PutIntegrationCommand({ ...address, type: 'MOCK', ...integration }))
    if (integration.type === 'HTTP_PROXY' || integration.type === 'AWS_PROXY') return
    await client.send(
      new sdk.PutMethodResponseCommand({
        ...address,
        statusCode: '200',
        responseParameters: { 'method.response.header.X-Kind': false },
      }),
    )
    await client.send(
      new sdk.PutIntegrationResponseCommand({
        ...address,
        statusCode: '200',
        responseParameters: { 'method.response.header.X-Kind': "'made'" },
        responseTemplates: { 'application/json': '{"kind":"$stageVariables.kind"}' },
      }),
    )
  }

  async function addFunction(name: string, source: string, permitted: boolean): Promise<string> {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${account}:role/any`,
        Code: { ZipFile: zipOf({ 'index.mjs': source }) },
      }),
    )
    if (permitted) {
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: name,
          StatementId: 'api',
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `arn:aws:execute-api:us-east-1:${account}:${restApiId}/test-invoke-stage/*/*`,
        }),
      )
    }
    return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:${name}/invocations`
  }

  async function build(): Promise<void> {
    const { rootResourceId = '' } = await client.send(
      new sdk.CreateRestApiCommand({ name: 'tested', tags: { _custom_id_: restApiId } }),
    )
    resources.set('/', rootResourceId)
    const mock = { requestTemplates: { 'application/json': '{"statusCode": 200}' } }
    await put('POST /mock', mock)
    await put('GET /guarded', mock, { authorizationType: 'AWS_IAM', apiKeyRequired: true })
    await put('GET /required', mock, {
      requestParameters: { 'method.request.querystring.page': true },
      requestValidatorId: await validator(),
    })
    await put(
      'ANY /pets/{id}',
      {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'ANY',
        uri: `${backendUrl}/pets/{id}`,
        requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
      },
      { requestParameters: { 'method.request.path.id': true } },
    )
    await put('POST /http', {
      type: 'HTTP',
      integrationHttpMethod: 'POST',
      uri: `${backendUrl}/\${stageVariables.kind}`,
      requestTemplates: { 'application/json': '{"got":$input.json(\'$.name\')}' },
    })
    await put('GET /nobody', {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: 'http://127.0.0.1:1/',
    })
    const answer = `export const handler = async (event) => ({ statusCode: 203, headers: { 'X-Of': 'function' }, body: JSON.stringify(event) })`
    const functions = {
      answering: await addFunction('answering', answer, true),
      unpermitted: await addFunction('unpermitted', answer, false),
      malformed: await addFunction('malformed', `export const handler = async () => 'text'`, true),
      throwing: await addFunction(
        'throwing',
        `export const handler = async () => { throw new Error('went wrong') }`,
        true,
      ),
    }
    for (const [name, uri] of Object.entries(functions)) {
      await put(`GET /${name}`, { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri })
    }
  }

  async function validator(): Promise<string> {
    const { id = '' } = await client.send(
      new sdk.CreateRequestValidatorCommand({
        restApiId,
        name: 'parameters',
        validateRequestParameters: true,
      }),
    )
    return id
  }

  async function invoke(
    key: string,
    more: Partial<sdk.TestInvokeMethodCommandInput> = {},
  ): Promise<sdk.TestInvokeMethodCommandOutput & { lines: readonly string[] }> {
    const [httpMethod = '', path = ''] = key.split(' ')
    const resourceId = resources.get(path) ?? ''
    const output = await client.send(
      new sdk.TestInvokeMethodCommand({ restApiId, resourceId, httpMethod, ...more }),
    )
    return { ...output, lines: shape(output.log ?? '', requestIdOf(output.log)) }
  }

  test('MOCK: no endpoint, and the definition as it is now', async () => {
    const { status, body, headers, multiValueHeaders, latency, lines } = await invoke(
      'POST /mock',
      { body: '{"name":"Rex"}', stageVariables: { kind: 'blue' }, headers: { 'X-Given': 'yes' } },
    )
    assert.deepEqual(
      { status, body, headers, multiValueHeaders },
      {
        status: 200,
        body: '{"kind":"blue"}',
        headers: { 'X-Kind': 'made', 'Content-Type': 'application/json' },
        multiValueHeaders: { 'X-Kind': ['made'], 'Content-Type': ['application/json'] },
      },
    )
    assert.ok(Number.isInteger(latency))
    assert.deepEqual(lines, [
      'Execution log for request {id}',
      'Starting execution for request: {id}',
      'HTTP Method: POST, Resource Path: /mock',
      'Method request path: {}',
      'Method request query string: {}',
      'Method request headers: {X-Given=yes}',
      'Method request body before transformations: {"name":"Rex"}',
      'Method response body after transformations: {"kind":"blue"}',
      'Method response headers: {X-Kind=made, Content-Type=application/json}',
      'Successfully completed execution',
      'Method completed with status: 200',
    ])
  })

  test('nobody is asked who calls, and an API without a deployment is tested', async () => {
    assert.equal((await invoke('GET /guarded')).status, 200)
  })

  test('HTTP_PROXY: the request as it goes on and the answer as it comes', async () => {
    const { status, body, multiValueHeaders, lines } = await invoke('ANY /pets/{id}', {
      httpMethod: 'PUT',
      pathWithQueryString: '/pets/7?a=1&a=2',
      multiValueHeaders: { 'X-Many': ['one', 'two'], Authorization: ['Bearer abcdefghijklmnop'] },
      body: 'content',
    })
    assert.equal(status, 201)
    assert.equal(body, '{"answer":42}')
    assert.deepEqual(multiValueHeaders?.['X-Backend'], ['one', 'two'])
    const { request, body: sent } = seen.at(-1) ?? assert.fail()
    assert.deepEqual([request.method, request.url, sent], ['PUT', '/pets/7?a=1&a=2', 'content'])
    assert.equal(request.headers['authorization'], 'Bearer abcdefghijklmnop')
    const host = backendUrl.slice('http://'.length)
    const expected = [
      'HTTP Method: PUT, Resource Path: /pets/7',
      'Method request path: {id=7}',
      'Method request query string: {a=2}',
      'Method request headers: {X-Many=one,two, Authorization=*****************klmnop}',
      'Method request body before transformations: content',
      `Endpoint request URI: ${backendUrl}/pets/7?a=1&a=2`,
      `Endpoint request headers: {X-Many=one,two, Authorization=*****************klmnop, x-amzn-apigateway-api-id=${restApiId}, User-Agent=AmazonAPIGateway_${restApiId}, Host=${host}}`,
      'Endpoint request body after transformations: content',
      `Sending request to ${backendUrl}/pets/7?a=1&a=2`,
      'Received response. Status: 201, Integration latency: N ms',
    ]
    assert.deepEqual(lines.slice(2, 12), expected)
    assert.match(
      lines[12] ?? '',
      /^Endpoint response headers: \{Content-Type=application\/json, X-Backend=one,two, /,
    )
    assert.equal(lines[13], 'Endpoint response body before transformations: {"answer":42}')
    assert.equal(lines[14], 'Method response body after transformations: {"answer":42}')
    assert.equal(lines.at(-1), 'Method completed with status: 201')
  })

  test('ANY is tested with GET, on the path of the resource when none is given', async () => {
    const { status, lines } = await invoke('ANY /pets/{id}')
    assert.equal(status, 201)
    assert.equal(seen.at(-1)?.request.method, 'GET')
    assert.deepEqual(lines.slice(2, 4), [
      'HTTP Method: GET, Resource Path: /pets/{id}',
      'Method request path: {id={id}}',
    ])
  })

  test('tests run side by side', async () => {
    const kinds = Array.from({ length: 20 }, (_, i) => `kind-${i}`)
    const outputs = await Promise.all(
      kinds.map((kind) => invoke('POST /mock', { stageVariables: { kind } })),
    )
    assert.deepEqual(
      outputs.map(({ body }) => body),
      kinds.map((kind) => `{"kind":"${kind}"}`),
    )
  })

  test('HTTP: what the templates and the variables make of it', async () => {
    const { status, body, headers, lines } = await invoke('POST /http', {
      body: '{"name":"Rex"}',
      stageVariables: { kind: 'green' },
    })
    assert.deepEqual([status, body], [200, '{"kind":"green"}'])
    assert.match(headers?.['X-Amzn-Trace-Id'] ?? '', /^Root=1-/)
    assert.equal(seen.at(-1)?.body, '{"got":"Rex"}')
    assert.ok(lines.includes('Endpoint request body after transformations: {"got":"Rex"}'))
    assert.ok(lines.includes(`Sending request to ${backendUrl}/green`))
  })

  test('AWS_PROXY: a function that was permitted for the stage of tests', async () => {
    const { status, body, headers, lines } = await invoke('GET /answering')
    assert.equal(status, 203)
    assert.equal(headers?.['X-Of'], 'function')
    const event = JSON.parse(body ?? '') as Record<string, never>
    assert.equal(event['headers'], null)
    assert.equal(event['path'], '/answering')
    const { stage, path, identity, domainName } = event['requestContext'] as never as Record<
      string,
      unknown
    >
    assert.deepEqual([stage, path], ['test-invoke-stage', '/answering'])
    assert.equal(domainName, 'testPrefix.testDomainName')
    assert.equal((identity as { apiKey: string }).apiKey, 'test-invoke-api-key')
    const uri = `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:answering/invocations`
    assert.ok(lines.includes(`Endpoint request URI: ${uri}`))
    assert.ok(lines.includes(`Sending request to ${uri}`))
    assert.ok(
      lines.some((line) =>
        line.includes(
          `X-Amz-Source-Arn=arn:aws:execute-api:us-east-1:${account}:${restApiId}/test-invoke-stage/GET/answering`,
        ),
      ),
    )
  })

  for (const [name, status, line] of [
    [
      'unpermitted',
      500,
      'Execution failed due to configuration error: Invalid permissions on Lambda function',
    ],
    [
      'malformed',
      502,
      'Execution failed due to configuration error: Malformed Lambda proxy response',
    ],
    [
      'throwing',
      502,
      /^Lambda execution failed with status 200 due to customer function error: went wrong\. Lambda request id: [0-9a-f-]{36}$/,
    ],
    ['nobody', 500, 'Execution failed due to configuration error: Invalid endpoint address'],
  ] as const) {
    test(`what fails is an answer: ${name}`, async () => {
      const output = await invoke(`GET /${name}`)
      assert.equal(output.status, status)
      assert.equal(output.body, '{"message": "Internal server error"}')
      assert.deepEqual(output.headers, { 'x-amzn-ErrorType': 'InternalServerErrorException' })
      const failure = output.lines.find((text) => /failed/.test(text)) ?? ''
      if (typeof line === 'string') assert.equal(failure, line)
      else assert.match(failure, line)
      assert.equal(output.lines.at(-1), `Method completed with status: ${status}`)
      assert.ok(!output.lines.includes('Successfully completed execution'))
    })
  }

  test('the content of a request is checked as on a stage', async () => {
    const missing = await invoke('GET /required')
    assert.equal(missing.status, 400)
    assert.equal(missing.body, '{"message":"Missing required request parameters: [page]"}')
    assert.equal(
      (await invoke('GET /required', { pathWithQueryString: '/required?page=1' })).status,
      200,
    )
  })

  test('the answer of the API itself to a failure is in the log', async () => {
    const response = { restApiId, responseType: 'DEFAULT_4XX' } as const
    await client.send(
      new sdk.PutGatewayResponseCommand({
        ...response,
        statusCode: '418',
        responseTemplates: { 'application/json': '{"no":$context.error.messageString}' },
      }),
    )
    const { status, lines } = await invoke('GET /required')
    await client.send(new sdk.DeleteGatewayResponseCommand(response))
    assert.equal(status, 418)
    assert.deepEqual(lines.slice(-5, -2), [
      'Missing required request parameters: [page]',
      'Gateway response type: DEFAULT_4XX with status code: 418',
      'Gateway response body: {"no":"Missing required request parameters: [page]"}',
    ])
  })

  test('a resource without variables is tested whatever the path says', async () => {
    const { status, lines } = await invoke('POST /mock', { pathWithQueryString: '/?a=1' })
    assert.equal(status, 200)
    assert.deepEqual(lines.slice(2, 5), [
      'HTTP Method: POST, Resource Path: /',
      'Method request path: {}',
      'Method request query string: {a=1}',
    ])
  })

  test('what cannot be tested is refused', async () => {
    const refused = (input: Partial<sdk.TestInvokeMethodCommandInput>) =>
      invoke('POST /mock', input).then(
        () => assert.fail('answered'),
        (error: Error) => `${error.name}: ${error.message}`,
      )
    assert.equal(
      await refused({ resourceId: 'nothing' }),
      'NotFoundException: Invalid Resource identifier specified',
    )
    assert.equal(
      await refused({ httpMethod: 'DELETE' }),
      'NotFoundException: Invalid Method identifier specified',
    )
    assert.match(
      await refused({ clientCertificateId: 'abc123' }),
      /^BadRequestException: Invalid Client Certificate identifier specified$/,
    )
    assert.match(
      await refused({
        resourceId: resources.get('/pets/{id}') ?? '',
        httpMethod: 'GET',
        pathWithQueryString: '/mock',
      }),
      /^BadRequestException: Invalid path/,
    )
    assert.match(
      await refused({ pathWithQueryString: '/mock HTTP/1.1\r\nX: y' }),
      /^BadRequestException: Invalid path/,
    )
    assert.match(
      await refused({ headers: { 'X-Bad': 'a\r\nb: c' } }),
      /^BadRequestException: Invalid header/,
    )
  })

  test('a test leaves no trace, and a request of a stage does', async () => {
    const read = async (path = '') =>
      (await fetch(`${gateway.url}/_stagedoor/requests${path}`)).json() as Promise<
        Record<string, never>
      >
    await client.send(new sdk.CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
    await invoke('POST /mock')
    assert.deepEqual(await read(), { requests: [] })
    const requestId = '11111111-2222-3333-4444-555555555555'
    const secret = 'Bearer very-secret-text-123456'
    await fetch(`${gateway.url}/_aws/execute-api/${restApiId}/prod/pets/7`, {
      method: 'POST',
      headers: { 'x-amzn-RequestId': requestId, Authorization: secret },
      body: `I hold ${secret}`,
    }).then((response) => response.text())
    const { requests } = (await read()) as never as { requests: { requestId: string }[] }
    assert.deepEqual(
      requests.map((request) => request.requestId),
      [requestId],
    )
    const trace = await read(`/${requestId}`)
    const json = JSON.stringify(trace)
    assert.ok(!json.includes('very-secret'), json)
    assert.ok(json.includes('Endpoint request URI'))
    assert.deepEqual(
      (trace['events'] as never as { kind: string }[]).map(({ kind }) => kind),
      [
        'received',
        'verifying-usage-plan',
        'admitted',
        'method-request',
        'endpoint-request',
        'request-sent',
        'endpoint-response',
        'method-response',
        'completed',
      ],
    )
  })

  test('the aws command prints the log', { skip: awsProgram === undefined }, async () => {
    const aws = awsCommand(gateway.url)
    const printed = await aws(
      `apigateway test-invoke-method --rest-api-id ${restApiId} --resource-id ` +
        `${resources.get('/mock')} --http-method POST --stage-variables kind=red --body {}`,
    )
    assert.equal(printed['body'], '{"kind":"red"}')
    assert.match(String(printed['log']), /: Method completed with status: 200\n$/)
  })
})
