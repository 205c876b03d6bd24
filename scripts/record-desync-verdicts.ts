import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesOf, parseDesyncCase, printDesyncCase } from '../test/support/desync-case.ts'
import { driveDesync } from '../test/support/desync-drive.ts'
import { echoOf, startEchoBackend } from '../test/support/echo-backend.ts'

/**
 * Writes into each case of `test/cases/desync/` what nginx (as a proxy, 1.22) and a bare `node:http`
 * server make of its bytes. Needs `nginx` on the path. Run it when cases are added:
 *
 *     node scripts/record-desync-verdicts.ts
 */
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 'cases', 'desync')

async function main(): Promise<void> {
  await using backend = await startEchoBackend()
  await using nginx = await startNginx(backend.port)
  await using node = await startNodeHttp()
  for (const path of globSync('**/*.txt', { cwd: folder }).toSorted()) {
    const golden = parseDesyncCase(readFileSync(join(folder, path), 'utf8'))
    const verdictOf = async ({ port }: PeerServer) =>
      (await driveDesync(port, bytesOf(golden), { isLast: golden.isLast })).join('; ')
    const verdicts = { nginx: await verdictOf(nginx), 'node:http': await verdictOf(node) }
    writeFileSync(join(folder, path), printDesyncCase({ ...golden, verdicts }))
  }
}

interface PeerServer extends AsyncDisposable {
  readonly port: number
}

async function startNodeHttp(): Promise<PeerServer> {
  const server = createServer((request, response) => {
    let content = ''
    request.setEncoding('latin1').on('data', (text: string) => (content += text))
    // A body that breaks off has no answer.
    request.on('error', () => {})
    request.on('end', () => {
      const echo = echoOf(request.method ?? '', request.url ?? '', content)
      response.writeHead(200, { 'X-Echo': '1', 'Content-Length': echo.length }).end(echo, 'latin1')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A TCP server that listens has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function startNginx(backendPort: number): Promise<PeerServer> {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-nginx-'))
  const port = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ')
  const configuration = `
    daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
    events { worker_connections 256; }
    http { access_log off; client_max_body_size 10m; ${paths}
      server { listen 127.0.0.1:${port} default_server;
        location / { proxy_pass http://127.0.0.1:${backendPort}; proxy_http_version 1.1; } } }`
  writeFileSync(join(directory, 'nginx.conf'), configuration)
  const child = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended; see ${directory}/error.log`)
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

await main()
