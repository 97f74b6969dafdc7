"""Answers the requests of program_test.go with PyJWT: a line of JSON each."""

import json
import secrets
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_decode

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


def load(request):
    alg = request["alg"]
    if "set" in request:
        kid = jwt.get_unverified_header(request["token"])["kid"]
        return jwt.PyJWKSet.from_dict(request["set"])[kid].key
    form, text = request["key"]["form"], request["key"]["text"]
    if form == "jwk":
        return jwt.PyJWK.from_json(text).key
    if alg.startswith("HS"):
        return base64url_decode(text)
    if request["op"] == "sign":
        return load_pem_private_key(text.encode(), password=None)
    return text


def sign(request):
    token = jwt.encode(request["claims"], load(request), algorithm=request["alg"], headers={"kid": request["kid"]})
    return {"token": token}


def verify(request):
    claims = jwt.decode(
        request["token"],
        load(request),
        algorithms=[request["alg"]],
        issuer=request["issuer"],
        audience=request["audience"],
        options={"require": ["exp"]},
    )
    return {"claims": claims}


def new_key(alg):
    if alg in CURVES:
        return ec.generate_private_key(CURVES[alg]())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def generate(request):
    alg = request["alg"]
    algorithm = get_default_algorithms()[alg]
    more = {"kid": request["kid"], "alg": alg, "use": "sig"}
    if alg.startswith("HS"):
        jwk = json.loads(algorithm.to_jwk(secrets.token_bytes(64))) | more
        return {"private": jwk, "public": jwk}
    while True:
        key = new_key(alg)
        private = json.loads(algorithm.to_jwk(key))
        try:
            algorithm.from_jwk(json.dumps(private))
        except jwt.InvalidKeyError:
            continue  # PyJWT 2.6 cuts leading zero octets off coordinates, and refuses the result
        public = json.loads(algorithm.to_jwk(key.public_key()))
        public.pop("key_ops", None)
        private.pop("key_ops", None)
        return {"private": private | more, "public": public | more}


def main():
    ops = {"sign": sign, "verify": verify, "generate": generate}
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            response = ops[request["op"]](request)
        except Exception as error:
            response = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(response), flush=True)


main()
