import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type Running } from '../whole-gateway/proxies.ts'

const peers = join(dirname(dirname(fileURLToPath(import.meta.url))), 'function-peers')

/** Installs the emulators that are measured beside Stagedoor, once. */
export function installFunctionPeers(): void {
  if (existsSync(join(peers, 'node_modules'))) return
  spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: peers,
    stdio: 'inherit',
  })
}

/** serverless-offline serving `function-peers/handler.js`: in a worker thread, or in its own process. */
export async function startServerlessOffline(mode: 'default' | 'in-process'): Promise<Running> {
  const [httpPort, lambdaPort, albPort] = [await freePort(), await freePort(), await freePort()]
  const ports = ['--httpPort', httpPort, '--lambdaPort', lambdaPort, '--albPort', albPort]
  const child = spawn(
    process.execPath,
    [
      join(peers, 'node_modules', 'osls', 'bin', 'serverless.js'),
      ...['offline', ...ports.map(String)],
      ...(mode === 'in-process' ? ['--useInProcess'] : []),
    ],
    { cwd: peers, stdio: 'ignore', env: { ...process.env, SLS_TELEMETRY_DISABLED: '1' } },
  )
  const url = `http://localhost:${httpPort}/answer`
  await untilAnswered(url, () => child.exitCode === null)
  return {
    name: `serverless-offline, ${mode}`,
    pid: child.pid ?? 0,
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null) child.kill('SIGKILL')
      await ended
    },
  }
}

async function untilAnswered(url: string, isRunning: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600 && isRunning(); attempt += 1) {
    const answer = await fetch(url, { method: 'POST', body: 'x' }).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no answer from ${url}`)
}
