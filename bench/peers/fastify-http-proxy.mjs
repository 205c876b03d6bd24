import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const app = fastify({ bodyLimit: 16 * 1024 * 1024 })
await app.register(httpProxy, { upstream: `http://127.0.0.1:${upstreamPort}` })
await app.listen({ port, host: '127.0.0.1' })
