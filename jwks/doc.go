// Package jwks gets an issuer's public keys over HTTP, for verifying tokens with package
// jwt, and publishes one's own.
package jwks
