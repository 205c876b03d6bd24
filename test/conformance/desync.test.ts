import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bytesOf, parseDesyncCase, printDesyncCase } from '../support/desync-case.ts'
import { driveDesync } from '../support/desync-drive.ts'
import { startEchoBackend, type EchoBackend } from '../support/echo-backend.ts'
import { startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { publishEndpoint } from '../support/published-endpoint.ts'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'cases', 'desync')
const paths = globSync('**/*.txt', { cwd: folder }).toSorted()
const isUpdate = process.env['STAGEDOOR_UPDATE_CASES'] === '1'

/** Every way in which the bytes of a case may arrive. */
const arrivals: readonly { readonly name: string; readonly pieceBytes?: number }[] = [
  { name: 'at once' },
  { name: 'in pieces', pieceBytes: 7 },
]
/** Cases longer than this come in larger pieces: the time is in the number of writes. */
const shortBytes = 2000

/** The first thing that came back is no: of what follows, the case may be the cause too. */
const isRefusal = (outcome: string) => /^(refused \d+|answered [45]\d\d|closed)/.test(outcome)

describe('a request that could be read in two ways', () => {
  let backend: EchoBackend
  let gateway: LocalGateway
  let port = 0

  before(async () => {
    backend = await startEchoBackend()
    gateway = await startLocalGateway()
    port = Number(new URL(gateway.url).port)
    await publishEndpoint(gateway.url, {
      restApiId: 'desync0001',
      origin: `http://127.0.0.1:${backend.port}`,
    })
  })

  after(async () => {
    await gateway.close()
    await backend[Symbol.asyncDispose]()
  })

  for (const path of paths) {
    test(path.replace(/\.txt$/, ''), async () => {
      const golden = parseDesyncCase(readFileSync(join(folder, path), 'utf8'))
      const bytes = bytesOf(golden)
      let { outcome: expected } = golden
      for (const { name, pieceBytes } of arrivals) {
        backend.forget()
        const isLong = bytes.length > shortBytes
        const outcome = await driveDesync(port, bytes, {
          isLast: golden.isLast,
          ...(pieceBytes !== undefined && { pieceBytes: isLong ? 1000 : pieceBytes }),
        })
        if (isUpdate && name === 'at once') {
          expected = outcome
          writeFileSync(join(folder, path), printDesyncCase({ ...golden, outcome }))
        }
        assert.deepEqual(outcome, expected, name)
        assertOneReading(outcome)
        assertAsStrictAsOthers(outcome.join('; '), golden.verdicts, golden.harmless)
      }
    })
  }

  /** What the backend understood is what the client was told, no more and no less. */
  function assertOneReading(outcome: readonly string[]): void {
    assert.deepEqual(backend.doubts, [])
    const told = outcome.flatMap((line) => {
      if (line === 'probe') return ['GET /probe ""']
      return line.startsWith('understood ') ? [line.slice('understood '.length)] : []
    })
    const understood = backend.understood.map((echo) => (echo.startsWith('HEAD') ? 'HEAD' : echo))
    assert.deepEqual(understood.toSorted(), told.toSorted())
    assert.ok(!outcome.includes('unframed') && !outcome.includes('silent'), outcome.join('; '))
  }

  function assertAsStrictAsOthers(
    outcome: string,
    { nginx = '', 'node:http': node = '' }: Readonly<Record<string, string>>,
    harmless: string | undefined,
  ): void {
    if (isRefusal(outcome) || harmless !== undefined) return
    assert.ok(!isRefusal(node), `node:http: ${node}`)
    assert.ok(!isRefusal(nginx), `nginx: ${nginx}`)
  }
})

test('there are cases, each compared with nginx and node:http', () => {
  assert.ok(paths.length >= 200, `${paths.length}`)
  for (const path of paths) {
    const { verdicts } = parseDesyncCase(readFileSync(join(folder, path), 'utf8'))
    assert.deepEqual(Object.keys(verdicts), ['nginx', 'node:http'], path)
  }
})
