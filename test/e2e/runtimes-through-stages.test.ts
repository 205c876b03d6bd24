import {
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import { pythonFinder } from '../../src/adapters/sandboxes/find-python.ts'
import { compileBootstrap, compiler } from '../support/compile-bootstrap.ts'
import { createFunction, permitApi, publishFunctionApi } from '../support/function-api.ts'
import { startLocalGateway } from '../support/local-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf, type ZipContent } from '../support/zip.ts'

/** The same function in a language: it tells its edition, the version that runs, and the ARN that was invoked. */
interface Written {
  readonly language: string
  readonly runtime: string
  readonly handler: string
  readonly filesOf: (t: TestContext, edition: string) => Readonly<Record<string, ZipContent>>
  readonly skip: string | false
}

const hasPython = (await pythonFinder(process.env['PATH'] ?? '')('python3.12')) !== undefined

const written: readonly Written[] = [
  {
    language: 'Node, an ES module',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    filesOf: (_, edition) => ({
      'index.mjs': `export const handler = async (event, { functionVersion, invokedFunctionArn }) => ({
        statusCode: 200,
        body: ['${edition}', functionVersion, invokedFunctionArn].join(' '),
      })`,
    }),
    skip: false,
  },
  {
    language: 'Node, CommonJS with a callback',
    runtime: 'nodejs18.x',
    handler: 'src/greet.hello',
    filesOf: (_, edition) => ({
      'src/greet.js': `exports.hello = (event, context, callback) => {
        const { functionVersion, invokedFunctionArn } = context
        callback(null, { statusCode: 200, body: ['${edition}', functionVersion, invokedFunctionArn].join(' ') })
      }`,
    }),
    skip: false,
  },
  {
    language: 'Python',
    runtime: 'python3.12',
    handler: 'greet.hello',
    filesOf: (_, edition) => ({
      'greet.py': [
        'def hello(event, context):',
        `    words = ['${edition}', context.function_version, context.invoked_function_arn]`,
        "    return {'statusCode': 200, 'body': ' '.join(words)}",
      ].join('\n'),
    }),
    skip: hasPython ? false : 'no python3',
  },
  {
    language: 'C, a static program of its own',
    runtime: 'provided.al2023',
    handler: 'any',
    filesOf: (t, edition) => {
      const content = readFileSync(compileBootstrap(temporaryDirectory(t), edition))
      return { bootstrap: { content, mode: 0o100755 } }
    },
    skip: compiler === undefined ? 'no C compiler (STAGEDOOR_TEST_CC)' : false,
  },
]

const FunctionName = 'greet'
const restApiId = 'runtimes01'

async function publishEditions(
  lambda: LambdaClient,
  t: TestContext,
  { filesOf, runtime, handler }: Written,
): Promise<void> {
  const setting = { Runtime: runtime, Handler: handler } as const
  // The newest names of runtimes are more than the client's type knows of.
  await createFunction(lambda, FunctionName, filesOf(t, 'one'), setting as object)
  for (const edition of ['two', 'three']) {
    await lambda.send(new PublishVersionCommand({ FunctionName }))
    const ZipFile = zipOf(filesOf(t, edition))
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }))
  }
  for (const [Name, FunctionVersion] of Object.entries({ DEV: '$LATEST', TEST: '2', PROD: '1' })) {
    await lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion }))
    await permitApi(lambda, FunctionName, { Qualifier: Name })
  }
}

describe('one function through three stages', () => {
  for (const one of written) {
    test(`in ${one.language}`, { skip: one.skip }, async (t) => {
      const gateway = await startLocalGateway()
      t.after(() => gateway.close())
      const lambda = lambdaClient(gateway.url)
      t.after(() => lambda.destroy())
      await publishEditions(lambda, t, one)
      await publishFunctionApi(gateway.url, {
        restApiId,
        routes: [{ path: '/', target: `${FunctionName}:\${stageVariables.lambdaAlias}` }],
        stages: {
          dev: { lambdaAlias: 'DEV' },
          test: { lambdaAlias: 'TEST' },
          prod: { lambdaAlias: 'PROD' },
        },
      })
      for (const [stage, words] of [
        ['dev', 'three $LATEST DEV'],
        ['test', 'two 2 TEST'],
        ['prod', 'one 1 PROD'],
      ] as const) {
        const answer = await fetch(`${gateway.url}/_aws/execute-api/${restApiId}/${stage}/`)
        const [edition, version, alias] = words.split(' ')
        const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}:${alias}`
        assert.equal(await answer.text(), `${edition} ${version} ${functionArn}`)
        assert.equal(answer.status, 200)
      }
    })
  }
})
