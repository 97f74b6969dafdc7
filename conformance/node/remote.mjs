// Answers the requests of web/program_test.go with jose: a line of JSON each. It reads JWK
// Sets over HTTP, and publishes one of its own.

import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto // Node 18 has it under this name alone

const jose = await import('jose')

const sources = new Map() // by URL: one createRemoteJWKSet, as a service would have
const keys = new Map() // by alg: what is published
let server

const ops = {
  async verify({ url, alg, token, issuer, audience }) {
    if (!sources.has(url)) sources.set(url, jose.createRemoteJWKSet(new URL(url), { cooldownDuration: 0 }))
    const result = await jose.jwtVerify(token, sources.get(url), { algorithms: [alg], issuer, audience })
    return { claims: result.payload }
  },

  // publish makes a key for each algorithm in place of the old ones.
  async publish({ algs, kid }) {
    for (const alg of algs) {
      const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
      const name = `${kid}-${alg}`
      keys.set(alg, { kid: name, privateKey, jwk: { ...(await jose.exportJWK(publicKey)), kid: name, alg, use: 'sig' } })
    }
    if (!server) {
      server = createServer((request, response) => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ keys: [...keys.values()].map((key) => key.jwk) }))
      })
      await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
    }
    return { url: `http://127.0.0.1:${server.address().port}/jwks` }
  },

  async sign({ alg, claims }) {
    const { kid, privateKey } = keys.get(alg)
    return { token: await new jose.SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey) }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let response
  try {
    response = await ops[request.op](request)
  } catch (error) {
    response = { error: `${error.name}: ${error.message}` }
  }
  console.log(JSON.stringify(response))
}
server?.close()
server?.closeAllConnections()
