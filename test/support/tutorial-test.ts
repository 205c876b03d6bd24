import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test, type TestContext } from 'node:test'
import { awsProgram } from './aws-command.ts'
import { startLocalGateway } from './local-gateway.ts'
import { startPetStore } from './petstore.ts'
import { assertShown, parseTutorial, runTutorial } from './tutorial.ts'

const clone = fileURLToPath(new URL('../..', import.meta.url))
const isVerbose = process.env['STAGEDOOR_TEST_VERBOSE'] === '1'

/** What a page needs beside a gateway and the PetStore. */
export interface TutorialSetting {
  readonly flags?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string>>
  /** Looks at what came of it. */
  readonly check?: () => void
}

/**
 * A test that runs the page `docs/tutorials/{name}.md` with the ordinary `aws` command, step by step, and
 * compares what it prints with what the page shows. `STAGEDOOR_TEST_VERBOSE=1` prints each step.
 */
export function testTutorial(
  name: string,
  prepare?: (t: TestContext) => Promise<TutorialSetting>,
): void {
  const skip = awsProgram === undefined ? 'the aws command is not installed' : false
  test(`docs/tutorials/${name}.md is true`, { skip }, async (t) => {
    const path = join(clone, 'docs', 'tutorials', `${name}.md`)
    const petStore = await startPetStore()
    t.after(() => petStore[Symbol.asyncDispose]())
    const { flags, environment, check } = (await prepare?.(t)) ?? {}
    const gateway = await startLocalGateway(flags, {}, environment)
    t.after(() => gateway.close())
    const variables = {
      GATEWAY: gateway.url,
      PETSTORE: `http://${petStore.authority}`,
      CLONE: clone,
    }
    const steps = parseTutorial(readFileSync(path, 'utf8'))
    const shell = { aws: awsProgram ?? '', variables, signal: t.signal }
    await runTutorial(steps, shell, (step, printed) => {
      if (isVerbose) process.stdout.write(`$ ${step.commands}${printed}\n`)
      assertShown(step, printed)
    })
    check?.()
  })
}
