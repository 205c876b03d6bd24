import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { zipOf } from '../support/zip.ts'

const source = `
exports.print = async () => { console.log('printed') }
exports.hang = async () => { for (;;); }
exports.ask = async () => {
  const url = process.env.AWS_ENDPOINT_URL
  if (url === undefined) return 'nobody'
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID +
    '/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0'
  const answer = await fetch(url + '/2015-03-31/functions/', { headers: { authorization } })
  return (await answer.json()).Functions.map(({ FunctionName }) => FunctionName)
}`

/** A gateway with a function for each export of the source. */
async function start(t: TestContext, flags: Readonly<Record<string, string>>) {
  const gateway = await startLocalGateway(flags)
  t.after(() => gateway.close())
  const lambda = lambdaClient(gateway.url)
  for (const name of ['ask', 'hang', 'print']) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Role: 'arn:aws:iam::000000000000:role/any',
        Handler: `index.${name}`,
        Timeout: name === 'hang' ? 1 : 10,
        Code: { ZipFile: zipOf({ 'index.js': source }) },
      }),
    )
  }
  const invoke = async (FunctionName: string, LogType: 'Tail' | 'None' = 'None') => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, LogType }))
    const result: unknown = JSON.parse(answer.Payload?.transformToString() ?? 'null')
    return { result, tail: Buffer.from(answer.LogResult ?? '', 'base64').toString() }
  }
  return { gateway, invoke }
}

/** The first words of what functions logged, until there is a line that matches. */
async function logged(gateway: LocalGateway, last: RegExp): Promise<readonly string[]> {
  for (;;) {
    const messages = gateway.lines
      .filter(({ event }) => event === 'function-log')
      .map(({ fields }) => String(fields['message']))
    if (messages.some((message) => last.test(message))) {
      return messages.map(
        (message) => message.split(/[ \t]/).findLast((word) => /^[A-Za-z]+$/.test(word)) ?? '',
      )
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

for (const workers of ['1', '2']) {
  describe(`what is said about functions, with ${workers} workers`, () => {
    test("the operator's log has what they print and how they fail, a tail all of it", async (t) => {
      const { gateway, invoke } = await start(t, { workers })
      await invoke('print')
      const { tail } = await invoke('print', 'Tail')
      assert.match(tail, /^START .*\n.*printed\nEND .*\nREPORT .*\n$/)
      await invoke('hang')
      assert.deepEqual(await logged(gateway, /timed out/), ['printed', 'printed', 'seconds'])
    })

    test('--function-log all adds START, END and REPORT', async (t) => {
      const { gateway, invoke } = await start(t, { workers, functionLog: 'all' })
      await invoke('print')
      const words = await logged(gateway, /^REPORT/)
      assert.equal(words.length, 4, words.join())
    })

    test('--function-log none leaves all of it out, but for a tail', async (t) => {
      const { gateway, invoke } = await start(t, { workers, functionLog: 'none' })
      assert.match((await invoke('print', 'Tail')).tail, /^START .*\n.*printed\nEND/)
      assert.ok(!gateway.lines.some(({ event }) => event === 'function-log'))
    })

    test('AWS_ENDPOINT_URL is this server, which answers', async (t) => {
      const { invoke } = await start(t, { workers })
      assert.deepEqual((await invoke('ask')).result, ['ask', 'hang', 'print'])
    })

    test('--function-aws-endpoint none leaves it to AWS', async (t) => {
      const { invoke } = await start(t, { workers, functionAwsEndpoint: 'none' })
      assert.equal((await invoke('ask')).result, 'nobody')
    })
  })
}
