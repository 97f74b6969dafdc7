/*
Jwt signs, verifies and inspects JSON Web Tokens (RFC 7519) on the command line. It uses keys
made by ssh-keygen or openssl, JWKs, shared secrets, and keys in ssh-agent.

	jwt COMMAND [flags] [arguments]

	keygen    make a key pair or a secret
	sign      make a token
	verify    check a token
	inspect   show what is in a token, without verifying it
	jwks      print a set of public keys
	version   show which version of the program this is

"jwt COMMAND -h" shows the flags of a command, with an example for each task. In a clone of
the module, "go build ./cmd/jwt" builds the program.

# A session

The issuer makes a key pair, and a token that is valid for five minutes:

	$ ssh-keygen -t rsa -b 4096 -f jwt-key
	$ jwt sign -key jwt-key -alg RS256 -claims '{"user_id":123}' -expires 5m > token.txt
	2> expires: 2026-11-24T12:05:00Z (in 5 minutes)

Another machine verifies it. It only has the public key, jwt-key.pub:

	$ jwt verify -key jwt-key.pub -alg RS256 @token.txt
	{
	  "user_id": 123,
	  "iat": 1795521600,
	  "exp": 1795521900
	}
	2> valid: signed with RS256, it expires in 5 minutes

What is in a token, which anyone can read:

	$ jwt inspect @token.txt
	NOT VERIFIED: anyone could have written this; jwt verify checks it
	.
	header
	{
	  "alg": "RS256",
	  "typ": "JWT"
	}
	.
	claims
	{
	  "user_id": 123,
	  "iat": 1795521600,
	  "exp": 1795521900
	}
	.
	dates
	iat         Tuesday, 24 November 2026, 12:00:00 UTC (issued less than a second ago)
	exp         Tuesday, 24 November 2026, 12:05:00 UTC (expires in 5 minutes)

With a shared secret:

	$ jwt keygen -alg HS256 -out secret.jwk
	secret       secret.jwk
	$ jwt sign -key secret.jwk -alg HS256 -claims '{"user_id":123}' -expires 5m > session.txt
	2> expires: 2026-11-24T12:05:00Z (in 5 minutes)
	$ jwt verify -key secret.jwk -alg HS256 -json @session.txt
	{"valid":true,"header":{"alg":"HS256","typ":"JWT"},"claims":{"user_id":123,"iat":1795521600,"exp":1795521900}}
	2> valid: signed with HS256, it expires in 5 minutes

A JWK Set to publish, and a token that names its key in it:

	$ jwt jwks jwt-key.pub > keys.json
	$ jwt sign -key jwt-key -alg RS256 -thumbprint -claims '{"user_id":123}' -expires 5m > named.txt
	2> expires: 2026-11-24T12:05:00Z (in 5 minutes)
	$ jwt verify -jwks keys.json -alg RS256,ES256 @named.txt > claims.json
	2> valid: signed with RS256 by the key "3i_PlUl9U_J38HNNPYq_C19kHkeqhgnAWjlpsg9S5UU", it expires in 5 minutes

In these sessions "2> " marks what goes to stderr, and a dot stands for an empty line.

# Input and output

FILE is the name of a file, or - for stdin. TOKEN is the token itself, @FILE, or - for stdin.
If TOKEN is left out, verify and inspect read it from stdin, unless that is a terminal. Claims
are JSON, @FILE or -. So tokens need not be on the command line, where other users and the
shell's history see them. Keys, secrets and passphrases always come from a file or stdin.

Results go to stdout, explanations to stderr. With -json the result is one line of JSON. For a
refused token that is

	{"valid":false,"error":"expired","message":"…","hint":"…"}

and for other errors the same without "valid". The message, and the hint if there is one, are
for people. The error is one of

	malformed  algorithm_not_allowed  key_not_found  invalid_signature
	expired  not_yet_valid  invalid_issuer  invalid_audience  invalid_subject
	unexpected_type  missing_claim  invalid_claims
	usage  invalid_key  keys_unavailable  failed

The message is that of the library, and may name functions of it. The hint says what to do
with the flags of this command.

The exit status is

	0  valid, or done
	1  the token is refused, or stdout is closed
	2  the job could not be done: wrong usage, an unusable key, an unreadable file, or keys
	   that could not be fetched

With "go run ./cmd/jwt", which does not pass the status on, it is 1 for both 1 and 2.

Colours are used on a terminal only, and not if NO_COLOR is set. Messages never contain
tokens. Characters that a terminal would interpret are written as \u escapes.

# Keys

A private key is in the format of ssh-keygen, in PEM (PKCS #8, PKCS #1 or SEC 1), or a JWK. If
it is encrypted, pass the passphrase with -passphrase-file. A public key is a .pub line, PEM
(PKIX, PKCS #1 or a certificate), or a JWK. An authorized_keys file and a JWK Set hold several. If
other users can read a private key or a secret, there is a warning.

A secret is a JWK of kty "oct", or the bytes of a file. If the file is text, a line end at its
end does not belong to the secret, so that the secret is the same in a file and in an
environment variable. If the file is not text, such as 32 bytes from /dev/urandom, all of it is
the secret. A secret in base64 is used as that text; base64 -d decodes it.

Jwt keygen never overwrites a file, and makes private keys and secrets readable only by their
owner.
*/
package main
