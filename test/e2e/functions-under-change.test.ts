import {
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startLocalGateway } from '../support/local-gateway.ts'
import {
  callStage,
  editionOf,
  functionName,
  publishStagedFunction,
  restApiId,
  type Greeting,
} from '../support/staged-function.ts'
import { startSteadyLoad } from '../support/steady-load.ts'

const FunctionName = functionName
const rounds = 5

for (const workers of ['1', '2']) {
  describe(`a function that is changed while it is called, with ${workers} workers`, () => {
    test('loses no request, and each change acts on the next', async (t) => {
      const gateway = await startLocalGateway({ workers })
      t.after(() => gateway.close())
      const lambda = await publishStagedFunction(gateway.url)
      t.after(() => lambda.destroy())
      const editions = new Set(['one', 'two', 'three'])
      const load = startSteadyLoad({
        urls: ['dev', 'test', 'prod'].map(
          (stage) => `${gateway.url}/_aws/execute-api/${restApiId}/${stage}/?waitMs=5`,
        ),
        connections: 4,
        check(_, { status, body }) {
          if (status !== 200) return `${status} ${body}`
          // What the function answers.
          const { edition } = JSON.parse(body) as Greeting
          return editions.has(edition) ? undefined : `${edition} was never published`
        },
      })
      for (let round = 0; round < rounds; round += 1) {
        const edition = `edition-${round}`
        editions.add(edition)
        const ZipFile = editionOf(edition)
        await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }))
        assert.equal((await callStage(gateway.url, 'dev')).greeting.edition, edition)
        const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }))
        for (const FunctionVersion of [Version, '1', Version]) {
          const alias = { FunctionName, Name: 'PROD', FunctionVersion }
          await lambda.send(new UpdateAliasCommand(alias))
          const { greeting } = await callStage(gateway.url, 'prod')
          assert.deepEqual(
            [greeting.version, greeting.edition],
            [FunctionVersion, FunctionVersion === '1' ? 'one' : edition],
          )
        }
        const Environment = { Variables: { ROUND: String(round) } }
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }))
        assert.equal((await callStage(gateway.url, 'dev')).status, 200)
      }
      await load.stop()
      assert.deepEqual(load.complaints, [])
      assert.ok(load.requests() > rounds * 5, `${load.requests()} requests`)
    })
  })
}
