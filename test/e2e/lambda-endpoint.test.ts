import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invokeComplete, payloadChunk, streamedAnswer } from '../support/event-stream.ts'
import { publishFunctionApi } from '../support/function-api.ts'
import { startLambdaServer, lambdaServerKey } from '../support/lambda-server.ts'
import { startLocalGateway } from '../support/local-gateway.ts'
import { callStage, lambdaClient, publishApi } from '../support/staged-function.ts'

test('with --lambda-endpoint stages call functions that live elsewhere, and none are made here', async (t) => {
  const server = await startLambdaServer(t, ({ functionName, qualifier }) => ({
    status: 200,
    body: JSON.stringify({
      statusCode: 200,
      body: JSON.stringify({ edition: `${functionName} ${qualifier}` }),
    }),
  }))
  const gateway = await startLocalGateway(
    { lambdaEndpoint: server.url.href, workers: '2' },
    {},
    {
      AWS_ACCESS_KEY_ID: lambdaServerKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: lambdaServerKey.secretAccessKey,
    },
  )
  t.after(() => gateway.close())
  await publishApi(gateway.url)
  const { status, greeting } = await callStage(gateway.url, 'test')
  assert.equal(status, 200)
  assert.match(greeting.edition, /:function:greet TEST$/)

  const create = new CreateFunctionCommand({
    ...{ FunctionName: 'greet', Runtime: 'nodejs24.x', Handler: 'index.handler' },
    ...{ Role: 'arn:aws:iam::000000000000:role/any', Code: { ZipFile: new Uint8Array(9) } },
  })
  await assert.rejects(lambdaClient(gateway.url).send(create), (error: Error) => {
    assert.equal(error.name, 'NotImplementedException')
    assert.ok(error.message.includes(`functions live at ${server.url.origin}`), error.message)
    return true
  })
})

test('with --lambda-endpoint a stage streams what a function elsewhere streams', async (t) => {
  const goOn = Promise.withResolvers<void>()
  const server = await startLambdaServer(t, () =>
    streamedAnswer((response) => {
      response.write(payloadChunk(`{"statusCode":201}${'\0'.repeat(8)}one`))
      void goOn.promise.then(() =>
        response.end(Buffer.concat([payloadChunk('two'), invokeComplete()])),
      )
    }),
  )
  const gateway = await startLocalGateway(
    { lambdaEndpoint: server.url.href },
    {},
    {
      AWS_ACCESS_KEY_ID: lambdaServerKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: lambdaServerKey.secretAccessKey,
    },
  )
  t.after(() => gateway.close())
  const restApiId = 'elsewhere1'
  await publishFunctionApi(gateway.url, {
    restApiId,
    routes: [{ path: '/', target: 'streams', isStreamed: true }],
    stages: { prod: {} },
  })
  const answer = await fetch(`${gateway.url}/_aws/execute-api/${restApiId}/prod/`)
  assert.equal(answer.status, 201)
  const reader = answer.body!.getReader()
  assert.equal(Buffer.from((await reader.read()).value).toString(), 'one')
  goOn.resolve()
  assert.equal(Buffer.from((await reader.read()).value).toString(), 'two')
  assert.ok((await reader.read()).done)
})
