/*
Jwt makes, checks and shows JSON Web Tokens (RFC 7519) on the command line, with the keys
that ssh-keygen and openssl write, JWKs, shared secrets, and keys that ssh-agent holds.

	jwt COMMAND [flags] [arguments]

	keygen    make a key pair or a secret
	sign      make a token
	verify    check a token
	inspect   show what is in a token, without verifying it
	jwks      print a set of public keys

"jwt COMMAND -h" shows the flags of a command, with an example for each task. In a clone of
the module, "go build ./cmd/jwt" makes the program.

# A session

The issuer makes a key pair and a token, which is valid for five minutes:

	$ ssh-keygen -t rsa -b 4096 -f jwt-key
	$ jwt sign -key jwt-key -alg RS256 -claims '{"user_id":123}' -expires 5m > token.txt

Another machine checks it. It has the public key alone, jwt-key.pub:

	$ jwt verify -key jwt-key.pub -alg RS256 @token.txt
	{
	  "user_id": 123,
	  "iat": 1795521600,
	  "exp": 1795521900
	}
	2> valid: signed with RS256, it expires in 5 minutes

What is in a token, for everybody to see:

	$ jwt inspect @token.txt
	NOT VERIFIED: anybody can have written this; jwt verify checks it
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
	$ jwt verify -key secret.jwk -alg HS256 -json @session.txt
	{"valid":true,"header":{"alg":"HS256","typ":"JWT"},"claims":{"user_id":123,"iat":1795521600,"exp":1795521900}}
	2> valid: signed with HS256, it expires in 5 minutes

A JWK Set to publish, and a token that names its key in it:

	$ jwt jwks jwt-key.pub > keys.json
	$ jwt sign -key jwt-key -alg RS256 -thumbprint -claims '{"user_id":123}' -expires 5m > named.txt
	$ jwt verify -jwks keys.json -alg RS256,ES256 @named.txt > claims.json
	2> valid: signed with RS256 by the key "3i_PlUl9U_J38HNNPYq_C19kHkeqhgnAWjlpsg9S5UU", it expires in 5 minutes

In these sessions "2> " is before what goes to stderr, and a dot stands for an empty line.

# Input and output

FILE is the name of a file, or - for stdin. TOKEN is the token itself, @FILE, or - for
stdin; claims are JSON, @FILE or -. Tokens and secrets need not stand on the command line,
where the history of the shell keeps them and other users see them; secrets can't.

Results go to stdout, explanations to stderr. With -json the result is one line of JSON,
also of an error: {"valid":false,"error":"expired","message":"…"}. The message is for
people, the error is one of

	malformed  algorithm_not_allowed  key_not_found  invalid_signature
	expired  not_yet_valid  invalid_issuer  invalid_audience  invalid_subject
	unexpected_type  missing_claim  invalid_claims
	usage  invalid_key  keys_unavailable  failed

The exit status is

	0  valid, or done
	1  the token is refused
	2  the job could not be done: wrong usage, an unusable key, a file or keys that can't be had

and with "go run ./cmd/jwt", which does not pass it on, 1 for both 1 and 2.

There are colours on a terminal only, and none if NO_COLOR is set. Messages do not repeat
tokens. Characters that a terminal would obey are written as \u escapes.

# Keys

A private key is what ssh-keygen writes (with -passphrase-file if it is encrypted), PKCS #8,
PKCS #1 or SEC 1 in PEM, or a JWK. A public key is a .pub line, PKIX, PKCS #1 or a
certificate in PEM, or a JWK; an authorized_keys file or a JWK Set are many. A private key
or secret that others can read is used with a warning.

A secret is a JWK of kty "oct", or the bytes of a file. If the file is text, one line end at
its end does not belong to the secret, so that a secret has one value in a file and in an
environment variable. A file that is not text, such as 32 bytes of /dev/urandom, is the
secret as it is. A secret in base64 is used as that text: base64 -d gives its bytes.

Jwt keygen overwrites no file, and writes private keys and secrets for their owner alone.
*/
package main
