import replyFrom from '@fastify/reply-from'
import fastify from 'fastify'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const app = fastify({ bodyLimit: 16 * 1024 * 1024 })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (request, payload, done) => done(null, payload))
await app.register(replyFrom, { base: `http://127.0.0.1:${upstreamPort}` })
app.all('/*', (request, reply) => reply.from(request.raw.url))
await app.listen({ port, host: '127.0.0.1' })
