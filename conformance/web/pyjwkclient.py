"""Answers the requests of program_test.go with PyJWT: a line of JSON each. It reads JWK Sets
over HTTP with PyJWKClient, and publishes one of its own."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}

clients = {}  # by URL: one PyJWKClient, as a service would have
keys = {}  # by alg: what is published
server = None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"keys": [jwk for _, _, jwk in keys.values()]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def verify(request):
    client = clients.setdefault(request["url"], jwt.PyJWKClient(request["url"]))
    key = client.get_signing_key_from_jwt(request["token"]).key
    claims = jwt.decode(
        request["token"], key, algorithms=[request["alg"]], issuer=request["issuer"], audience=request["audience"]
    )
    return {"claims": claims}


def new_key(alg):
    if alg in CURVES:
        return ec.generate_private_key(CURVES[alg]())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def new_pair(alg):
    """A private key and its public JWK, which PyJWT 2.6 refuses itself where a coordinate
    has leading zero octets: it cuts them off."""
    algorithm = get_default_algorithms()[alg]
    while True:
        key = new_key(alg)
        jwk = json.loads(algorithm.to_jwk(key.public_key()))
        try:
            algorithm.from_jwk(json.dumps(jwk))
            return key, jwk
        except jwt.InvalidKeyError:
            continue


def publish(request):
    """Makes a key for each algorithm in place of the old ones."""
    global server
    for alg in request["algs"]:
        key, jwk = new_pair(alg)
        kid = f"{request['kid']}-{alg}"
        keys[alg] = kid, key, jwk | {"kid": kid, "alg": alg, "use": "sig"}
    if server is None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"url": f"http://127.0.0.1:{server.server_address[1]}/jwks"}


def sign(request):
    kid, key, _ = keys[request["alg"]]
    return {"token": jwt.encode(request["claims"], key, algorithm=request["alg"], headers={"kid": kid})}


def main():
    ops = {"verify": verify, "publish": publish, "sign": sign}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            response = ops[request["op"]](request)
        except Exception as error:
            response = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(response), flush=True)


main()
