import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBareChannel } from './functions/channel.ts'
import { compareFunctions } from './functions/compare.ts'
import { burst } from './functions/load.ts'
import { installFunctionPeers, startServerlessOffline } from './functions/serverless.ts'
import { startStagedoorFunction } from './functions/stagedoor.ts'
import { measureThrottle } from './throttle.ts'
import { startCached } from './whole-gateway/cached.ts'
import { workloads } from './whole-gateway/load.ts'
import { compare, type Figure } from './whole-gateway/measure.ts'
import { startCaddy, startNginx, startNodePeer, type Running } from './whole-gateway/proxies.ts'
import { startStagedoor } from './whole-gateway/stagedoor.ts'
import { measureStart } from './whole-gateway/start-up.ts'
import { format, median } from './whole-gateway/statistics.ts'
import { startTemplates } from './whole-gateway/templates.ts'

/**
 * `npm run bench`: the whole gateway beside its peers, one core for the measured server, the other for
 * the load and the upstream. The figure to trust is the ratio: the CPU per request of bare nginx over
 * that of the proxy, from bursts that alternate, with its 95% interval.
 *
 *   npm run bench -- --pairs 10 --seconds 2 --only "GET 200 B" --peers stagedoor,caddy
 *   npm run bench -- --section peers|scale|start|templates|cached|functions
 *   npm run bench -- --section throttle --seconds 20
 *   npm run bench -- --baseline ../stagedoor-before --peers stagedoor,baseline
 */
const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
    section: { type: 'string', default: '' },
    baseline: { type: 'string', default: '' },
    resources: { type: 'string', default: '10000' },
    stages: { type: 'string', default: '1000' },
  },
})
const pairs = Number(options.pairs)
const seconds = Number(options.seconds)
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-bench-'))
const peersDirectory = join(dirname(fileURLToPath(import.meta.url)), 'peers')

const isWanted = (list: string, name: string) => list === '' || list.split(',').includes(name)
const chosenWorkloads = workloads.filter(({ name }) => isWanted(options.only, name))

function installWhatIsMissing(): void {
  const programs = ['nginx', 'wrk', 'caddy', 'taskset']
  const missing = programs.filter((name) => spawnSync('which', [name]).status !== 0)
  if (missing.length > 0) {
    const packages = missing.map((name) => (name === 'taskset' ? 'util-linux' : name))
    spawnSync('apt-get', ['update', '-q'], { stdio: ['ignore', 2, 2] })
    spawnSync('apt-get', ['install', '-y', '-q', ...packages], { stdio: ['ignore', 2, 2] })
  }
  if (!existsSync(join(peersDirectory, 'node_modules'))) {
    spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: peersDirectory, stdio: 'inherit' })
  }
}

function print(title: string, figures: readonly Figure[]): void {
  process.stdout.write(`\n${title}\n`)
  process.stdout.write('| proxy | CPU us/request | requests/s | ratio to the reference [95%] |\n')
  process.stdout.write('| --- | --- | --- | --- |\n')
  for (const { name, cpuUsPerRequest, requestsPerSecond, ratio } of figures) {
    const cpu = cpuUsPerRequest.toFixed(1)
    process.stdout.write(
      `| ${name} | ${cpu} | ${Math.round(requestsPerSecond)} | ${format(ratio)} |\n`,
    )
  }
}

async function againstPeers(upstreamPort: number): Promise<void> {
  const path = '/_aws/execute-api/abc123defg/bench/v1/item'
  const nginx = { core: 0, directory, upstreamPort, path }
  const bare = await startNginx({ ...nginx, configuration: 'bare' })
  const shape = { name: 'stagedoor', resources: 10, stages: 1 }
  const baseline = { ...shape, name: 'baseline', checkout: resolve(options.baseline) }
  const starts: Record<string, () => Promise<Running>> = {
    stagedoor: () => startStagedoor(shape, 0, upstreamPort),
    ...(options.baseline === ''
      ? {}
      : { baseline: () => startStagedoor(baseline, 0, upstreamPort) }),
    'nginx-equal': () => startNginx({ ...nginx, configuration: 'equal' }),
    caddy: () => startCaddy(0, upstreamPort),
    'reply-from': () =>
      startNodePeer('@fastify/reply-from', 'fastify-reply-from.mjs', 0, upstreamPort),
    'http-proxy': () =>
      startNodePeer('@fastify/http-proxy', 'fastify-http-proxy.mjs', 0, upstreamPort),
    'fast-gateway': () => startNodePeer('fast-gateway', 'fast-gateway.mjs', 0, upstreamPort),
  }
  const chosen = Object.entries(starts).filter(([name]) => isWanted(options.peers, name))
  const proxies = await Promise.all(chosen.map(([, start]) => start()))
  for (const workload of chosenWorkloads) {
    const figures = await compare(bare, proxies, workload, { pairs, seconds })
    print(`${workload.name} (reference: bare nginx)`, figures)
  }
  await Promise.all([bare, ...proxies].map((proxy) => proxy.stop()))
}

async function atScale(upstreamPort: number): Promise<void> {
  const workload = workloads[0]
  if (workload === undefined) return
  const small = await startStagedoor({ name: 'small', resources: 10, stages: 1 }, 0, upstreamPort)
  const resources = Number(options.resources)
  const stages = Number(options.stages)
  const large = await Promise.all([
    startStagedoor({ name: `${resources} resources`, resources, stages: 1 }, 0, upstreamPort),
    startStagedoor({ name: `${stages} stages`, resources: 10, stages }, 0, upstreamPort),
  ])
  const figures = await compare(small, large, workload, { pairs, seconds })
  print(`Scale, ${workload.name} (reference: 10 resources, 1 stage)`, figures)
  await Promise.all([small, ...large].map((proxy) => proxy.stop()))
}

/** What mapping templates both ways add to a request that an endpoint answers. */
async function templates(upstreamPort: number): Promise<void> {
  const { proxied, compared: templated, stop } = await startTemplates(0, upstreamPort)
  const workload = { name: 'POST 1 KB', connections: 32, postBytes: 1024, isJson: true } as const
  const figures = await compare(templated, [proxied], workload, { pairs, seconds })
  const [figure] = figures
  print(`${workload.name} (reference: HTTP with templates both ways)`, figures)
  if (figure !== undefined) {
    process.stdout.write(`HTTP with templates costs ${format(figure.ratio)} times HTTP_PROXY\n`)
  }
  await stop()
}

/** What an answer from the stage's cache costs, beside the same method that asks its endpoint. */
async function cached(upstreamPort: number): Promise<void> {
  const { proxied, compared: fromCache, stop } = await startCached(0, upstreamPort)
  const workload = workloads[0]
  if (workload === undefined) return
  const figures = await compare(proxied, [fromCache], workload, { pairs, seconds })
  print(`${workload.name} from the stage's cache (reference: HTTP_PROXY, not cached)`, figures)
  await stop()
}

/** A warm proxy invocation through a stage, 1 KB in and 1 KB out, at one and at many callers. */
async function functions(): Promise<void> {
  installFunctionPeers()
  const own = await startStagedoorFunction()
  const peers = [
    await startServerlessOffline('default'),
    await startServerlessOffline('in-process'),
  ]
  for (const connections of [1, 16]) {
    const figures = await compareFunctions(own, peers, { connections, seconds, pairs })
    process.stdout.write(`\nWarm proxy invocation, ${connections} callers (1 KB in, 1 KB out)\n`)
    process.stdout.write(
      "| server | requests/s | p50 ms | throughput of Stagedoor over it | p50 over Stagedoor's |\n",
    )
    process.stdout.write('| --- | --- | --- | --- | --- |\n')
    for (const { name, requestsPerSecond, p50Ms, throughput, latency } of figures) {
      const ratios = `${format(throughput)} | ${format(latency)}`
      process.stdout.write(
        `| ${name} | ${Math.round(requestsPerSecond)} | ${p50Ms.toFixed(2)} | ${ratios} |\n`,
      )
    }
  }
  await Promise.all(peers.map((server) => server.stop()))
  await overTheChannel(own.url)
  await own.stop()
}

/** What a stage adds to a round trip over the channel to a warm child, in bursts that alternate. */
async function overTheChannel(url: string): Promise<void> {
  const channel = openBareChannel()
  const bare: number[] = []
  const whole: number[] = []
  for (let pair = 0; pair <= pairs; pair += 1) {
    bare.push(await channel.p50Ms(seconds))
    whole.push((await burst(url, { connections: 1, seconds })).p50Ms)
  }
  channel.stop()
  // The first of each warms it.
  const [channelMs, stageMs] = [median(bare.slice(1)), median(whole.slice(1))]
  process.stdout.write(
    `\nBare channel, one at a time: p50 ${channelMs.toFixed(3)} ms; through a stage ` +
      `${stageMs.toFixed(3)} ms, so ${(stageMs - channelMs).toFixed(3)} ms more\n`,
  )
}

async function main(): Promise<void> {
  installWhatIsMissing()
  const upstream = await startNginx({ configuration: 'upstream', core: 1, directory })
  const upstreamPort = Number(new URL(upstream.url).port)
  try {
    if (options.section === 'throttle') await measureThrottle(seconds)
    if (isWanted(options.section, 'start')) await measureStart()
    if (isWanted(options.section, 'peers')) await againstPeers(upstreamPort)
    if (isWanted(options.section, 'scale')) await atScale(upstreamPort)
    if (isWanted(options.section, 'templates')) await templates(upstreamPort)
    if (isWanted(options.section, 'cached')) await cached(upstreamPort)
    if (isWanted(options.section, 'functions')) await functions()
  } finally {
    await upstream.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

await main()
