// Answers the requests of interop/program_test.go with jose or jsonwebtoken: a line of
// JSON each.

import { createInterface } from 'node:readline'
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto // Node 18 has it under this name alone

const jose = await import('jose')
const { default: jsonwebtoken } = await import('jsonwebtoken')

const secret = (text) => new Uint8Array(Buffer.from(text, 'base64url'))

const libraries = {
  jose: {
    async key({ op, alg, key }) {
      if (key.form === 'jwk') return jose.importJWK(JSON.parse(key.text), alg)
      if (alg.startsWith('HS')) return secret(key.text)
      return op === 'sign' ? jose.importPKCS8(key.text, alg) : jose.importSPKI(key.text, alg)
    },
    async sign(request) {
      const { alg, kid, claims } = request
      const token = await new jose.SignJWT(claims).setProtectedHeader({ alg, kid }).sign(await this.key(request))
      return { token }
    },
    async verify(request) {
      const { token, alg, set, issuer, audience } = request
      const key = set ? jose.createLocalJWKSet(set) : await this.key(request)
      const result = await jose.jwtVerify(token, key, { algorithms: [alg], issuer, audience, requiredClaims: ['exp'] })
      return { claims: result.payload }
    },
    async generate({ alg, kid }) {
      const more = { kid, alg, use: 'sig' }
      if (alg.startsWith('HS')) {
        const key = await jose.generateSecret(alg, { extractable: true })
        const jwk = { ...(await jose.exportJWK(key)), ...more }
        return { private: jwk, public: jwk }
      }
      const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
      return {
        private: { ...(await jose.exportJWK(privateKey)), ...more },
        public: { ...(await jose.exportJWK(publicKey)), ...more },
      }
    },
  },

  jsonwebtoken: {
    key({ op, alg, key }) {
      if (alg.startsWith('HS')) return Buffer.from(key.text, 'base64url')
      return op === 'sign' ? createPrivateKey(key.text) : createPublicKey(key.text)
    },
    sign(request) {
      const { alg, kid, claims } = request
      return { token: jsonwebtoken.sign(claims, this.key(request), { algorithm: alg, keyid: kid }) }
    },
    verify(request) {
      const { token, alg, issuer, audience } = request
      return { claims: jsonwebtoken.verify(token, this.key(request), { algorithms: [alg], issuer, audience }) }
    },
  },
}

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let response
  try {
    response = await libraries[request.library][request.op](request)
  } catch (error) {
    response = { error: `${error.name}: ${error.message}` }
  }
  console.log(JSON.stringify(response))
}
