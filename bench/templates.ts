import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { encode, hasVelocity, runJudge } from '../scripts/differential/velocity-judge.ts'
import { compileTemplate, fromJson } from '../src/engines/vtl/index.ts'

/**
 * `node bench/templates.ts`: five templates as users write them, rendered by this engine, by velocityjs
 * (as it documents, reading the template each time, and with a tree that was read once) and by Apache
 * Velocity 1.7 on a warm machine; and what compiling costs. The best burst of each counts.
 */

interface Workload {
  readonly name: string
  readonly template: string
  readonly names: Record<string, unknown>
}

const items = Array.from({ length: 100 }, (_, i) => ({ id: i, name: `item ${i}`, price: i * 3 }))
const parameters = {
  path: { id: '42', proxy: 'orders/7' },
  querystring: { page: '3', size: '50' },
  header: { Accept: '*/*', Host: 'example.com', 'User-Agent': 'bench', 'X-Request': 'abc' },
}

const workloads: readonly Workload[] = [
  {
    name: 'passthrough blueprint',
    names: {
      allParams: parameters,
      body: '{"a": 1}',
      context: { stage: 'prod', requestId: 'r-1' },
    },
    template: `{
"body-json" : $body,
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$params.get($paramName).replace("x", "y")"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"context" : { "stage" : "$context.stage", "request-id" : "$context.requestId" }
}`,
  },
  {
    name: 'foreach over 100 items',
    names: { inputRoot: { items } },
    template: `[
#foreach($elem in $inputRoot.items)
  { "id": $elem.id, "name": "$elem.name", "total": $elem.price }#if($foreach.hasNext),#end

#end
]`,
  },
  {
    name: 'PutItem',
    names: { root: { id: 'p-1', title: 'A thing', tags: ['a', 'b'], price: 12 }, requestId: 'r-1' },
    template: `#set($r = $root)
{
  "TableName": "things",
  "Item": {
    "id": { "S": "$requestId" },
    "title": { "S": "$r.title" },
    "price": { "N": "$r.price" },
    "tags": { "SS": [#foreach($tag in $r.tags)"$tag"#if($foreach.hasNext), #end#end] }
  },
  "ConditionExpression": "attribute_not_exists(id)"
}`,
  },
  {
    name: 'error mapping',
    names: { error: '[404] no such thing', context: { requestId: 'r-1' } },
    template: `#set($status = 500)
#if($error.startsWith("[404]"))
#set($status = 404)
#elseif($error.startsWith("[400]") || $error.contains("invalid"))
#set($status = 400)
#end
#set($message = $error.substring(6))
{ "status": $status, "message": "$message", "requestId": "$context.requestId" }`,
  },
  {
    name: 'big body',
    names: { body: 'x'.repeat(100_000), flag: true },
    template: `#if($flag)
{ "payload": "$body", "length": $body.length() }
#else
{}
#end`,
  },
]

const burstMs = 50
const measureMs = 1500

/** Nanoseconds of the processor a call, of the best burst: others on the machine do not count. */
function best(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  const end = performance.now() + measureMs
  while (performance.now() < end) {
    const begin = performance.now()
    const before = process.cpuUsage()
    let count = 0
    for (; performance.now() - begin < burstMs; count += 1) sink = work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, ((user + system) * 1000) / count)
  }
  return least
}

let sink: unknown

interface VelocityJs {
  renders(template: string, names: unknown): string
  compile(template: string): (names: unknown) => string
}

/** What bench/peers/node_modules/velocityjs has of use; undefined when it is not installed. */
async function findVelocityJs(): Promise<VelocityJs | undefined> {
  const peers = join(dirname(fileURLToPath(import.meta.url)), 'peers')
  const main = join(peers, 'node_modules', 'velocityjs', 'package.json')
  if (!existsSync(main)) return undefined
  const { createRequire } = await import('node:module')
  const path = createRequire(pathToFileURL(main)).resolve('velocityjs')
  // The package ships no types that this project reads.
  const module = (await import(pathToFileURL(path).href)) as {
    default: {
      parse(text: string): unknown
      render(text: string, names: unknown): string
      Compile: new (tree: unknown) => { render(names: unknown): string }
    }
  }
  const { parse, render, Compile } = module.default
  return {
    renders: render,
    compile: (template) => {
      const tree = parse(template)
      return (names) => new Compile(tree).render(names)
    },
  }
}

function own(workload: Workload): () => string {
  const template = compileTemplate(workload.template)
  // Each rendering gets its names as JSON, as a request brings them.
  return () => {
    const names = Object.entries(workload.names as Record<string, never>)
    return template.render(new Map(names.map(([name, value]) => [name, fromJson(value)])))
  }
}

function askApache(): readonly number[] | undefined {
  if (!hasVelocity()) return undefined
  const lines = workloads.map(
    ({ template, names }) => `${encode(template)} ${encode(JSON.stringify(names))}`,
  )
  return runJudge(lines, ['bench']).map(Number)
}

function micros(ns: number | undefined): string {
  return ns === undefined ? '-' : `${(ns / 1000).toFixed(2)} us`
}

const velocityJs = await findVelocityJs()
const apache = askApache()
process.stdout.write(
  '| template | stagedoor | velocityjs | its tree alone | Apache Velocity | times velocityjs | times its tree | times Apache |\n',
)
process.stdout.write('| --- | --- | --- | --- | --- | --- | --- | --- |\n')
for (const [i, workload] of workloads.entries()) {
  const ownNs = best(own(workload))
  const wholeNs =
    velocityJs === undefined
      ? undefined
      : best(() => velocityJs.renders(workload.template, { ...workload.names }))
  const render = velocityJs?.compile(workload.template)
  const otherNs = render === undefined ? undefined : best(() => render({ ...workload.names }))
  const apacheNs = apache?.[i]
  const times = (ns: number | undefined) => (ns === undefined ? '-' : (ns / ownNs).toFixed(1))
  process.stdout.write(
    `| ${workload.name} | ${micros(ownNs)} | ${micros(wholeNs)} | ${micros(otherNs)} | ${micros(apacheNs)} | ${times(wholeNs)} | ${times(otherNs)} | ${times(apacheNs)} |\n`,
  )
}
const repeated = Array.from({ length: 16 }, () => workloads[0]?.template ?? '').join('\n')
process.stdout.write(
  `compile ${(repeated.length / 1024).toFixed(1)} KB: ${micros(best(() => compileTemplate(repeated)))}\n`,
)
void sink
