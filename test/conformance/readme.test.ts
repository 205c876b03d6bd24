import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { awsProgram } from '../support/aws-command.ts'
import { startHttpBackend } from '../support/http-backend.ts'
import { startLocalGateway } from '../support/local-gateway.ts'
import { parseTutorial, runTutorial, type TutorialStep } from '../support/tutorial.ts'

const path = fileURLToPath(new URL('../../README.md', import.meta.url))
const skip = awsProgram === undefined ? 'the aws command is not installed' : false

/** The page starts a gateway on the usual port and has its backends on two others. */
const [gatewayUrl, firstBackend, secondBackend] = [
  'http://127.0.0.1:4566',
  '127.0.0.1:8001',
  '127.0.0.1:8002',
] as const

/** What the page says that each `curl` and `cat` prints, in their order. */
function promisesOf({ commands }: TutorialStep): readonly string[] {
  return [...commands.matchAll(/^(?:curl|cat) .* # (.*)$/gm)].map(([, said = '']) => said)
}

function startBackend(answer: string) {
  return startHttpBackend((request, response) => {
    request.resume().once('end', () => response.end(`${answer}\n`))
  })
}

describe('README.md', { skip }, () => {
  test('does what it says', async (t) => {
    await using first = await startBackend('port 8001')
    await using second = await startBackend('port 8002')
    const gateway = await startLocalGateway()
    t.after(() => gateway.close())
    const page = readFileSync(path, 'utf8')
    const steps = parseTutorial(
      page
        .replaceAll(gatewayUrl, gateway.url)
        .replaceAll(firstBackend, first.authority)
        .replaceAll(secondBackend, second.authority),
    ).filter(({ commands }) => !/^(?:npm start|node -e) /.test(commands))
    const kept: string[] = []
    const shell = { aws: awsProgram ?? '', variables: {}, signal: t.signal }
    await runTutorial(steps, shell, (step, printed) => {
      let from = 0
      for (const promise of promisesOf(step)) {
        const at = printed.indexOf(promise, from)
        assert.ok(
          at >= 0,
          `${promise}: not printed behind\n${printed.slice(0, from)}\nin\n${printed}`,
        )
        from = at + promise.length
        kept.push(promise)
      }
    })
    assert.equal(kept.length, 6)
    assert.equal(second.count(), 1)
  })
})
