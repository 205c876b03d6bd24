import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startHttpBackend } from '../support/http-backend.ts'
import { publishProxy } from '../support/local-gateway.ts'
import { connectRaw } from '../support/raw-client.ts'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'
import { get } from '../support/steady-load.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command to its end. */
function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const flag = '--disable-warning=ExperimentalWarning'
  return runNode([flag, join(root, 'src', 'main.ts'), ...words], environment)
}

function runNode(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { ...process.env, ...environment }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: root, env, timeout: 20_000 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      },
    )
  })
}

describe('stagedoor', () => {
  test('teaches by examples, and says its version', async () => {
    const help = await run(['--help'])
    assert.match(help.stdout, /^Examples:\n {2}stagedoor start /)
    const start = await run(['start', '--help'])
    assert.match(start.stdout, /^Examples:\n {2}stagedoor start /)
    for (const word of ['--gateway-listen', 'STAGEDOOR_PORT', '--quota', '4566', '/_stagedoor/']) {
      assert.ok(start.stdout.includes(word), word)
    }
    assert.match((await run(['version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  })

  test('ends quietly when whoever reads has gone', async () => {
    const main = join(root, 'src', 'main.ts')
    const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    // Before there is anything to read, so that the first words meet nobody.
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const [code] = await once(child, 'close')
    assert.deepEqual([code, /EPIPE/.test(stderr)], [0, false])
  })

  test('refuses what it does not know, and says what it does', async () => {
    const flag = await run(['start', '--prot', '1'])
    assert.deepEqual([flag.code, /^stagedoor: .*--port/s.test(flag.stderr)], [2, true])
    const variable = await run(['start'], { STAGEDOOR_PROT: '1' })
    assert.equal(variable.code, 2)
    assert.match(variable.stderr, /STAGEDOOR_PROT: there is no such variable/)
    const url = await run(['status', '--url', 'localhost'])
    assert.deepEqual([url.code, /^stagedoor: .*http:\/\/host:port/.test(url.stderr)], [2, true])
    const open = await run(['start', '--host', '0.0.0.0'])
    assert.equal(open.code, 2)
    assert.match(open.stderr, /--allow-unauthenticated-management-from-network/)
  })

  test('says which file it cannot read', async () => {
    const config = await run(['start', '--config', '/nowhere/stagedoor.json'])
    assert.equal(config.code, 2)
    assert.match(
      config.stderr,
      /^stagedoor: the config file \/nowhere\/stagedoor\.json \(--config\) cannot be read: ENOENT/,
    )
    const authorities = await run(['start', '--memory', '--upstream-ca', '/nowhere/ca.pem'])
    assert.equal(authorities.code, 2)
    assert.match(authorities.stderr, /^stagedoor: --upstream-ca \/nowhere\/ca\.pem: .*ENOENT/)
  })

  test('says which flag named an address that is taken', async (t) => {
    const holder = createServer().listen(0, '127.0.0.1')
    t.after(() => holder.close())
    await once(holder, 'listening')
    // A TCP server's address is never a text.
    const { port } = holder.address() as AddressInfo
    const main = await run(['start', '--memory', '--port', String(port)])
    const gateway = ['--gateway-listen', `127.0.0.1:${port}`]
    const second = await run(['start', '--memory', '--port', '0', ...gateway])
    const taken = `listen EADDRINUSE: address already in use 127.0.0.1:${port}. Is another server running?`
    for (const [{ code, stderr }, flag] of [
      [main, '--host and --port'],
      [second, '--gateway-listen'],
    ] as const) {
      assert.deepEqual([code, stderr], [1, `stagedoor: ${taken} See ${flag}\n`])
    }
  })

  test('finds nobody to ask for status, also as npm run status', async () => {
    const flags = ['--url', 'http://127.0.0.1:9']
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const script: string = scripts.status.replace(/^node /, '')
    const asScript = await runNode([...script.split(' '), ...flags])
    for (const { code, stderr } of [await run(['status', ...flags]), asScript]) {
      assert.equal(code, 1)
      assert.match(stderr, /nothing answers at/)
    }
  })

  test('says that what answers is no gateway', async (t) => {
    const other = createHttpServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    // A TCP server's address is never a text.
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    for (const words of [['status'], ['stages', 'settings', 'shop', 'prod']]) {
      const { code, stderr } = await run([...words, '--url', url])
      assert.equal(code, 1)
      assert.ok(
        stderr.startsWith(`stagedoor: what answers at ${url} is no Stagedoor: 200 for GET `),
      )
    }
  })
})

describe('stagedoor start', () => {
  test('reads a config file, is ready, healthy, and tells status', async (t) => {
    const config = join(temporaryDirectory(t), 'stagedoor.json')
    writeFileSync(config, JSON.stringify({ workers: 2, quota: ['stagesPerApi=1'] }))
    await using gateway = await startGateway({ arguments: ['--config', config] })
    assert.match(gateway.output(), /2 workers[^]*\/_aws\/execute-api\/[^]*\nReady\.\n$/)
    const ready = await fetch(`${gateway.endpoint}/_stagedoor/ready`)
    assert.deepEqual([ready.status, await ready.json()], [200, { ready: true }])
    const status = await run(['status', '--url', gateway.endpoint])
    assert.equal(status.code, 0)
    assert.equal(JSON.parse(status.stdout).status, 'ok')
    const localstack = await (await fetch(`${gateway.endpoint}/_localstack/health`)).json()
    assert.equal(Reflect.get(localstack as object, 'services').apigateway, 'running')
    assert.equal((await fetch(`${gateway.endpoint}/_stagedoor/console`)).status, 404)
    assert.equal((await fetch(`${gateway.endpoint}/_stagedoor/reset`)).status, 405)
    const reset = await fetch(`${gateway.endpoint}/_stagedoor/reset`, { method: 'POST' })
    assert.equal(reset.status, 403)
  })

  test('serves after a restart what it served before, and counts it', async () => {
    await using backend = await startHttpBackend((_, response) => response.end('ok'))
    const dataDirectory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
    try {
      await using first = await startGateway({ dataDirectory })
      const client = apiGatewayClient(first.endpoint)
      await publishProxy(client, backend)
      const patchOperations = [{ op: 'replace' as const, path: '/tracingEnabled', value: 'true' }]
      const stage = { restApiId: 'proxy12345', stageName: 'prod' }
      await client.send(new UpdateStageCommand({ ...stage, patchOperations }))
      assert.equal(await first.stop(), 0)
      await using second = await startGateway({ dataDirectory, arguments: ['--workers', '2'] })
      const url = `${second.endpoint}/_aws/execute-api/proxy12345/prod`
      const agent = new Agent()
      assert.deepEqual(await get(agent, url), { status: 200, body: 'ok' })
      assert.equal((await get(agent, `${url}/missing`)).status, 403)
      const { body } = await get(agent, `${second.endpoint}/_stagedoor/metrics`)
      assert.match(body, /^stagedoor_stages 1$/m)
      const labels = 'api="proxy12345",stage="prod"'
      assert.match(body, new RegExp(`^stagedoor_requests_total{${labels},class="2xx"} 1$`, 'm'))
      assert.match(body, new RegExp(`^stagedoor_requests_total{${labels},class="4xx"} 1$`, 'm'))
      assert.match(body, new RegExp(`^stagedoor_request_duration_seconds_count{${labels}} 2$`, 'm'))
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true })
    }
  })

  test('is refused on a data directory that another process holds', async () => {
    await using first = await startGateway()
    const second = await run(['start', '--port', '0', '--data-dir', first.dataDirectory])
    assert.equal(second.code, 1)
    assert.ok(second.stderr.includes(first.dataDirectory), second.stderr)
    assert.doesNotMatch(second.stderr, /\n {4}at /)
    assert.equal((await fetch(`${first.endpoint}/_stagedoor/ready`)).status, 200)
  })

  test('resets where it may, and serves nothing after it', async () => {
    await using backend = await startHttpBackend((_, response) => response.end('ok'))
    await using gateway = await startGateway({ arguments: ['--allow-reset'] })
    await publishProxy(apiGatewayClient(gateway.endpoint), backend)
    const url = `${gateway.endpoint}/_aws/execute-api/proxy12345/prod`
    assert.equal((await fetch(url)).status, 200)
    const reset = await fetch(`${gateway.endpoint}/_stagedoor/reset`, { method: 'POST' })
    assert.deepEqual(await reset.json(), { reset: true })
    assert.equal((await fetch(url)).status, 403)
    await publishProxy(apiGatewayClient(gateway.endpoint), backend)
    assert.equal((await fetch(url)).status, 200)
  })
})

describe('SIGTERM', () => {
  /** A gateway with a request in flight that the endpoint holds. */
  async function withRequestInFlight(flags: readonly string[]) {
    const held = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const backend = await startHttpBackend((_, response) => {
      arrived.resolve()
      void held.promise.then(() => response.end('late'))
    })
    const gateway = await startGateway({ arguments: ['--memory', ...flags] })
    await publishProxy(apiGatewayClient(gateway.endpoint), backend)
    const idle = await connectRaw(Number(new URL(gateway.endpoint).port))
    const answer = get(
      new Agent({ keepAlive: true }),
      `${gateway.endpoint}/_aws/execute-api/proxy12345/prod`,
    )
    await arrived.promise
    return { gateway, held, answer, idle, backend }
  }

  const readyRequest = 'GET /_stagedoor/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

  test('lets requests in flight finish, says not ready meanwhile, and exits with 0', async () => {
    const { gateway, held, answer, idle, backend } = await withRequestInFlight([])
    await using _gateway = gateway
    await using _backend = backend
    idle.send(readyRequest)
    await idle.until((text) => text.includes('{"ready":true}'))
    const stopped = gateway.stop()
    // Its kept-alive connection is the only way in now.
    const closed = new Promise((resolve) => idle.socket.once('close', resolve))
    let asked = 0
    while (!(await refusesConnections(gateway.endpoint))) asked += 1
    idle.send(readyRequest)
    const notReady = await idle.until((text) => text.includes('draining'))
    assert.match(notReady, /HTTP\/1\.1 503 [^]*Connection: close[^]*"ready":false/)
    await closed
    held.resolve()
    assert.deepEqual(await answer, { status: 200, body: 'late' })
    assert.equal(await stopped, 0)
    assert.ok(asked < 1000)
  })

  test('goes on accepting for --shutdown-delay, already not ready', async () => {
    const { gateway, held, answer, idle, backend } = await withRequestInFlight([
      '--shutdown-delay',
      '1',
    ])
    await using _gateway = gateway
    await using _backend = backend
    const stopped = gateway.stop()
    let status = 200
    while (status === 200) status = (await fetch(`${gateway.endpoint}/_stagedoor/ready`)).status
    assert.equal(status, 503)
    held.resolve()
    assert.equal((await answer).status, 200)
    idle.socket.destroy()
    assert.equal(await stopped, 0)
  })

  test('cuts off what has not finished at the deadline, and exits with 0', async () => {
    const { gateway, answer, backend } = await withRequestInFlight(['--shutdown-deadline', '1'])
    await using _gateway = gateway
    await using _backend = backend
    const lost = assert.rejects(answer)
    assert.equal(await gateway.stop(), 0)
    await lost
    await gateway.printed(/"event":"requests-cut-off"/)
  })

  test('a second one waits for nothing', async () => {
    const { gateway, answer, backend } = await withRequestInFlight([])
    await using _gateway = gateway
    await using _backend = backend
    const lost = assert.rejects(answer)
    const stopped = gateway.stop()
    const again = setInterval(() => gateway.process.kill('SIGTERM'), 200)
    assert.equal(await stopped, 0)
    clearInterval(again)
    await lost
  })
})

async function refusesConnections(endpoint: string): Promise<boolean> {
  try {
    using _client = await connectRaw(Number(new URL(endpoint).port))
    return false
  } catch {
    return true
  }
}
