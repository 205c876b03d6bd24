import gateway from 'fast-gateway'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const server = gateway({
  routes: [{ prefix: '/', prefixRewrite: '/', target: `http://127.0.0.1:${upstreamPort}` }],
})
await server.start(port, '127.0.0.1')
