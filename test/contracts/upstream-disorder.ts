import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, emptyBody, streamBody, type Body } from '../../src/base/body.ts'
import type { UpstreamOutcome } from '../../src/ports/upstream.ts'
import { okResponse, type RawPeer, type RawRequest } from '../support/raw-backend.ts'
import { seededRandom, testSeed, type SeededRandom } from '../support/seeded-random.ts'
import { responseOf, untilStill, withSetting, type UpstreamUnderTest } from './upstream-setting.ts'

/** `STAGEDOOR_TEST_EXCHANGES` for a longer run by hand. */
const exchangesCount = Number(process.env['STAGEDOOR_TEST_EXCHANGES'] ?? 240)

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** What a request was answered with: its own target and content, so that a mixed-up answer shows. */
function answerTo({ target, content }: RawRequest): string {
  return `${target} ${content.length}`
}

async function misbehave(random: SeededRandom, peer: RawPeer, request: RawRequest): Promise<void> {
  const answer = okResponse(answerTo(request))
  const at = random.integer(answer.length)
  switch (random.integer(12)) {
    case 0:
      return peer.reset()
    case 1:
      return peer.end()
    case 2:
      await peer.write(answer.slice(0, at))
      return random.integer(2) === 0 ? peer.end() : peer.reset()
    case 3:
      await peer.write(answer + okResponse('stolen'))
      return
    case 4:
      await peer.write(answer)
      await turn()
      await peer.write(okResponse('stolen'))
      return
    case 5:
      await peer.write('nonsense\r\n\r\n')
      return
    case 6:
      await peer.write(answer)
      return peer.end()
    case 7:
      await peer.write(answer.slice(0, at))
      await turn()
      await peer.write(answer.slice(at))
      return
    case 8:
      await peer.write(answer.slice(0, at))
      await peer.readToEnd()
      return
    default:
      await peer.write(answer)
  }
}

function someBody(random: SeededRandom): { readonly body: Body; readonly size: number } {
  const size = random.integer(5000)
  const content = Buffer.alloc(size, 'b')
  async function* halves(): AsyncGenerator<Uint8Array> {
    yield content.subarray(0, size >> 1)
    await turn()
    yield content.subarray(size >> 1)
  }
  switch (random.integer(4)) {
    case 0:
      return { body: bytesBody(content), size }
    case 1:
      return { body: streamBody(halves(), size), size }
    case 2:
      return { body: streamBody(halves(), undefined), size }
    default:
      return { body: emptyBody, size: 0 }
  }
}

/** A backend that does everything wrong at random: each exchange ends, none gets another's answer. */
export function upstreamDisorderContract(subject: UpstreamUnderTest): void {
  describe('disorder', () => {
    test('every exchange ends, and none with the answer to another', async (t) => {
      const random = seededRandom(testSeed())
      t.diagnostic(`seed ${random.seed}`)
      const script = async (peer: RawPeer) => {
        for (;;) await misbehave(random, peer, await peer.readRequest())
      }
      const outcomes = new Map<string, number>()
      const count = (outcome: string): void => {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }

      await withSetting(
        subject,
        script,
        async ({ upstream, backend, send }) => {
          const askOnce = async (target: string): Promise<void> => {
            const { body, size } = someBody(random)
            const aborter = new AbortController()
            const pending = send({
              method: random.integer(3) === 0 ? 'POST' : 'PUT',
              target,
              body,
              timeoutMs: 40 + random.integer(60),
              signal: aborter.signal,
            })
            if (random.integer(20) === 0) void turn().then(() => aborter.abort())
            const outcome = await pending
            if (outcome.outcome !== 'response') return count(outcome.outcome)
            const stalled = setTimeout(() => aborter.abort(), 100)
            const content = await readContent(outcome)
            clearTimeout(stalled)
            count(content === undefined ? 'broken off' : 'response')
            if (content !== undefined) assert.equal(content, `${target} ${size}`)
          }
          let asked = 0
          const askOn = async () => {
            while (asked < exchangesCount) await askOnce(`/${(asked += 1)}`)
          }
          await Promise.all(Array.from({ length: 24 }, askOn))
          await upstream.close()
          assert.equal(await untilStill(() => backend.openCount()), 0)
        },
        { connectionsPerOriginMax: 8 },
      )
      t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)))
      assert.ok(outcomes.has('response') && outcomes.has('broken'))
    })
  })
}

async function readContent(outcome: UpstreamOutcome): Promise<string | undefined> {
  try {
    return Buffer.from(await responseOf(outcome).body.readAll(10_000)).toString()
  } catch {
    return undefined
  }
}
