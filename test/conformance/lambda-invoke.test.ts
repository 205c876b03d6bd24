import * as sdk from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { environmentWithoutAws } from '../support/aws-command.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf } from '../support/zip.ts'

/**
 * Invocations, permissions and reserved concurrency by the official client and the ordinary `aws` command,
 * over a running gateway with a function that is run for real. Each refusal is in test/cases/lambda; here
 * is what goes over the wire, and what it does.
 */
const FunctionName = 'obey'
const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}`

/** Does what its event says. With `url` it asks there and answers when that does. */
const code = zipOf({
  'index.mjs': `export const handler = async (event, context) => {
    if (event.say) console.log(event.say)
    if (event.fail) throw new TypeError(event.fail)
    if (event.url) await (await fetch(event.url)).text()
    return { event, requestId: context.awsRequestId, arn: context.invokedFunctionArn,
      version: context.functionVersion, clientContext: context.clientContext }
  }`,
})

let gateway: RunningGateway
let lambda: sdk.LambdaClient

const create = (client: sdk.LambdaClient) =>
  client.send(
    new sdk.CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/run',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: code },
    }),
  )

const invoke = (members: Partial<sdk.InvokeCommandInput> = {}) =>
  lambda.send(new sdk.InvokeCommand({ FunctionName, ...members }))

const payload = (event: object) => Buffer.from(JSON.stringify(event))
const readPayload = ({ Payload }: sdk.InvokeCommandOutput) =>
  JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, unknown>

/** A place that a function waits at until it is let go. */
interface Gate {
  readonly url: string
  /** Resolves with who arrives next. */
  arrival(): Promise<ServerResponse>
}

let gateServer: Server
const arrived: ServerResponse[] = []
const expecting: ((response: ServerResponse) => void)[] = []

function gateOf(server: Server): Gate {
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    arrival: async () =>
      arrived.shift() ?? new Promise<ServerResponse>((resolve) => expecting.push(resolve)),
  }
}

before(async () => {
  gateway = await startGateway({ arguments: ['--memory'] })
  lambda = lambdaClient(gateway.endpoint)
  gateServer = createServer((_request, response) => {
    const next = expecting.shift()
    if (next === undefined) arrived.push(response)
    else next(response)
  })
  await new Promise<void>((resolve) => gateServer.listen(0, '127.0.0.1', resolve))
  await create(lambda)
  await lambda.send(new sdk.PublishVersionCommand({ FunctionName }))
  await lambda.send(
    new sdk.CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
  )
})

after(async () => {
  lambda.destroy()
  gateServer.closeAllConnections()
  gateServer.close()
  await gateway[Symbol.asyncDispose]()
})

describe('Invoke', () => {
  test('answers what the function gives, with the end of its log under the id of the call', async () => {
    const answer = await invoke({ Payload: payload({ say: 'hello' }), LogType: 'Tail' })
    assert.equal(answer.StatusCode, 200)
    assert.equal(answer.FunctionError, undefined)
    assert.equal(answer.ExecutedVersion, '$LATEST')
    const { requestId } = answer.$metadata
    assert.deepEqual(readPayload(answer), {
      event: { say: 'hello' },
      requestId,
      arn: functionArn,
      version: '$LATEST',
    })
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
    assert.match(log, new RegExp(`^START RequestId: ${requestId} Version: \\$LATEST\n`))
    assert.match(log, /\tINFO\thello\n/)
    assert.match(log, new RegExp(`\nREPORT RequestId: ${requestId}\tDuration: `))
  })

  test('runs what an alias points to, whichever way it is named', async () => {
    const names = [
      { FunctionName: `${FunctionName}:live` },
      { FunctionName, Qualifier: 'live' },
      { FunctionName: `000000000000:function:${FunctionName}`, Qualifier: 'live' },
      { FunctionName: `${functionArn}:live`, Qualifier: 'live' },
    ]
    for (const name of names) {
      const answer = await invoke(name)
      assert.equal(answer.ExecutedVersion, '1')
      const { arn, version } = readPayload(answer)
      assert.deepEqual({ arn, version }, { arn: `${functionArn}:live`, version: '1' })
    }
  })

  test('hands the client context over', async () => {
    const clientContext = { custom: { who: 'ä' } }
    const ClientContext = Buffer.from(JSON.stringify(clientContext)).toString('base64')
    assert.deepEqual(readPayload(await invoke({ ClientContext }))['clientContext'], clientContext)
  })

  test('answers 200 with X-Amz-Function-Error when the function fails', async () => {
    const answer = await invoke({ Payload: payload({ fail: 'not today' }) })
    assert.equal(answer.StatusCode, 200)
    assert.equal(answer.FunctionError, 'Unhandled')
    const { errorType, errorMessage } = readPayload(answer)
    assert.deepEqual(
      { errorType, errorMessage },
      { errorType: 'TypeError', errorMessage: 'not today' },
    )
  })

  test('says that what it answers is JSON', async () => {
    const answer = await fetch(
      `${gateway.endpoint}/2015-03-31/functions/${FunctionName}/invocations`,
      {
        method: 'POST',
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0',
        },
      },
    )
    assert.equal(answer.headers.get('content-type'), 'application/json')
    assert.equal(answer.headers.get('x-amz-executed-version'), '$LATEST')
    assert.deepEqual(Reflect.get(Object(await answer.json()), 'event'), {})
  })

  test('does not wait for an Event, which is run all the same', async () => {
    const gate = gateOf(gateServer)
    const answer = await invoke({
      InvocationType: 'Event',
      Payload: payload({ url: gate.url }),
    })
    assert.equal(answer.StatusCode, 202)
    assert.equal(answer.Payload?.length ?? 0, 0)
    const waiting = await gate.arrival()
    waiting.end()
  })

  test('says of a DryRun that it may, and runs nothing', async () => {
    const count = async () => {
      const figures = await fetch(`${gateway.endpoint}/_stagedoor/functions`)
      return Reflect.get(Object(await figures.json()), 'invocations')
    }
    const before = await count()
    assert.equal(typeof before, 'number')
    const answer = await invoke({
      InvocationType: 'DryRun',
      Payload: payload({ url: gateOf(gateServer).url }),
    })
    assert.equal(answer.StatusCode, 204)
    assert.equal(await count(), before)
  })

  test('refuses in the forms that the client knows', async () => {
    await assert.rejects(invoke({ Payload: Buffer.from('{a') }), (error: unknown) => {
      assert.ok(error instanceof sdk.InvalidRequestContentException)
      assert.equal(error.Type, 'User')
      assert.match(error.message, /^Could not parse request body into json: /)
      return true
    })
    await assert.rejects(
      invoke({ FunctionName: 'nobody', Qualifier: 'live' }),
      (error: unknown) => {
        assert.ok(error instanceof sdk.ResourceNotFoundException)
        assert.equal(
          error.message,
          'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:live',
        )
        return true
      },
    )
    const large = Buffer.from(`"${'x'.repeat(6_291_455)}"`)
    const tooLarge = { name: 'RequestEntityTooLargeException' }
    await assert.rejects(invoke({ Payload: large }), tooLarge)
    await assert.rejects(
      invoke({ InvocationType: 'Event', Payload: large.subarray(0, 1_048_577) }),
      tooLarge,
    )
  })

  test('answers as much as 6 MB', async () => {
    const text = 'x'.repeat(6_000_000)
    const answer = await invoke({ Payload: payload({ text }) })
    assert.deepEqual(readPayload(answer)['event'], { text })
  })
})

describe('reserved concurrency', () => {
  afterEach(() => lambda.send(new sdk.DeleteFunctionConcurrencyCommand({ FunctionName })))

  const reserve = (ReservedConcurrentExecutions: number) =>
    lambda.send(
      new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }),
    )

  const throttled = (error: unknown) => {
    assert.ok(error instanceof sdk.TooManyRequestsException, String(error))
    assert.equal(error.$metadata.httpStatusCode, 429)
    assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded')
    assert.equal(error.Type, 'User')
    assert.equal(error.message, 'Rate Exceeded.')
    return true
  }

  test('of 0 refuses the very next invocation, and any; its end lets them in', async () => {
    await invoke()
    await reserve(0)
    await assert.rejects(invoke(), throttled)
    await assert.rejects(invoke({ Qualifier: 'live' }), throttled)
    await lambda.send(new sdk.DeleteFunctionConcurrencyCommand({ FunctionName }))
    assert.equal((await invoke()).StatusCode, 200)
  })

  test('of 1 runs one at a time, of all versions together', async () => {
    await reserve(1)
    const gate = gateOf(gateServer)
    const first = invoke({ Payload: payload({ url: gate.url }) })
    const waiting = await gate.arrival()
    await assert.rejects(invoke(), throttled)
    await assert.rejects(invoke({ Qualifier: 'live' }), throttled)
    waiting.end()
    assert.equal((await first).StatusCode, 200)
    assert.equal((await invoke({ Qualifier: 'live' })).StatusCode, 200)
  })

  test('is told by GetFunction, GetFunctionConcurrency and GetAccountSettings', async () => {
    await reserve(40)
    const { Concurrency } = await lambda.send(new sdk.GetFunctionCommand({ FunctionName }))
    assert.equal(Concurrency?.ReservedConcurrentExecutions, 40)
    const { ReservedConcurrentExecutions } = await lambda.send(
      new sdk.GetFunctionConcurrencyCommand({ FunctionName }),
    )
    assert.equal(ReservedConcurrentExecutions, 40)
    const settings = await lambda.send(new sdk.GetAccountSettingsCommand({}))
    assert.equal(settings.AccountLimit?.UnreservedConcurrentExecutions, 960)
    assert.deepEqual(settings.AccountUsage, { TotalCodeSize: 2 * code.length, FunctionCount: 1 })
  })
})

describe('permissions', () => {
  const qualified = { FunctionName, Qualifier: 'live' }

  test('are added, read and removed', async () => {
    const { Statement = '' } = await lambda.send(
      new sdk.AddPermissionCommand({
        ...qualified,
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abcdefghij/*/GET/',
      }),
    )
    assert.equal(
      Statement,
      `{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},` +
        `"Action":"lambda:InvokeFunction","Resource":"${functionArn}:live","Condition":` +
        '{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:000000000000:abcdefghij/*/GET/"}}}',
    )
    const { Policy, RevisionId = '' } = await lambda.send(new sdk.GetPolicyCommand(qualified))
    assert.equal(Policy, `{"Version":"2012-10-17","Id":"default","Statement":[${Statement}]}`)
    const { RevisionId: ofAlias } = await lambda.send(
      new sdk.GetAliasCommand({ FunctionName, Name: 'live' }),
    )
    assert.equal(RevisionId, ofAlias)
    await assert.rejects(
      lambda.send(new sdk.GetPolicyCommand({ FunctionName })),
      sdk.ResourceNotFoundException,
    )
    const removed = await lambda.send(
      new sdk.RemovePermissionCommand({ ...qualified, StatementId: 'api', RevisionId }),
    )
    assert.equal(removed.$metadata.httpStatusCode, 204)
    await assert.rejects(
      lambda.send(new sdk.GetPolicyCommand(qualified)),
      sdk.ResourceNotFoundException,
    )
  })
})

test('permissions and reservations survive a restart', async (t) => {
  const dataDirectory = temporaryDirectory(t)
  const named = { FunctionName }
  const first = await startGateway({ dataDirectory })
  const policy = await (async () => {
    const client = lambdaClient(first.endpoint)
    await create(client)
    await client.send(
      new sdk.AddPermissionCommand({
        ...named,
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      }),
    )
    await client.send(
      new sdk.PutFunctionConcurrencyCommand({ ...named, ReservedConcurrentExecutions: 0 }),
    )
    const { Policy, RevisionId } = await client.send(new sdk.GetPolicyCommand(named))
    client.destroy()
    return { Policy, RevisionId }
  })()
  await first.stop()
  await using second = await startGateway({ dataDirectory })
  const client = lambdaClient(second.endpoint)
  await assert.rejects(client.send(new sdk.InvokeCommand(named)), sdk.TooManyRequestsException)
  const { Policy, RevisionId } = await client.send(new sdk.GetPolicyCommand(named))
  assert.deepEqual({ Policy, RevisionId }, policy)
  client.destroy()
})

const aws = process.env['STAGEDOOR_TEST_AWS']
const skip = aws === undefined ? 'the aws command is not installed' : false
const run = promisify(execFile)

describe('the aws command', { skip }, () => {
  async function cli(...words: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run(
      aws ?? '',
      ['--endpoint-url', gateway.endpoint, '--output', 'json', 'lambda', ...words],
      {
        env: {
          ...environmentWithoutAws(),
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_DEFAULT_REGION: 'us-east-1',
          AWS_MAX_ATTEMPTS: '1',
          AWS_PAGER: '',
        },
      },
    )
    return stdout.trim() === '' ? {} : JSON.parse(stdout)
  }
  const named = ['--function-name', FunctionName]

  test('invoke writes what the function gives to a file, and shows the rest', async (t) => {
    const directory = temporaryDirectory(t)
    const [event, answer] = [join(directory, 'event.json'), join(directory, 'answer.json')]
    writeFileSync(event, '{"say":"from the shell"}')
    const shown = await cli(
      ...['invoke', ...named, '--qualifier', 'live', '--payload', `fileb://${event}`],
      ...['--log-type', 'Tail', answer],
    )
    assert.equal(shown['StatusCode'], 200)
    assert.equal(shown['ExecutedVersion'], '1')
    const log = Buffer.from(String(shown['LogResult']), 'base64').toString()
    assert.match(log, /\tINFO\tfrom the shell\n/)
    const { event: given } = JSON.parse(readFileSync(answer, 'utf8'))
    assert.deepEqual(given, { say: 'from the shell' })
    const handed = await cli('invoke', ...named, '--invocation-type', 'Event', answer)
    assert.deepEqual(handed, { StatusCode: 202 })
    assert.equal(readFileSync(answer, 'utf8'), '')
  })

  test('add-permission, get-policy and remove-permission', async () => {
    const { Statement } = await cli(
      ...['add-permission', ...named, '--statement-id', 'shell', '--action'],
      ...['lambda:InvokeFunction', '--principal', 'apigateway.amazonaws.com'],
    )
    const { Policy } = await cli('get-policy', ...named)
    assert.equal(
      Policy,
      `{"Version":"2012-10-17","Id":"default","Statement":[${String(Statement)}]}`,
    )
    await cli('remove-permission', ...named, '--statement-id', 'shell')
    await assert.rejects(cli('get-policy', ...named), /The resource you requested does not exist/)
  })

  test('put-function-concurrency throttles invoke', async (t) => {
    const answer = join(temporaryDirectory(t), 'answer.json')
    await cli('put-function-concurrency', ...named, '--reserved-concurrent-executions', '0')
    await assert.rejects(cli('invoke', ...named, answer), /TooManyRequestsException.*Rate Exceeded/)
    await cli('delete-function-concurrency', ...named)
    assert.equal((await cli('invoke', ...named, answer))['StatusCode'], 200)
  })
})
