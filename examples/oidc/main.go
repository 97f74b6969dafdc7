// Oidc is an API service behind an OpenID Connect provider: it discovers the provider's
// keys, follows their rotation, and serves whoever has a token that is meant for it.
//
//	go run ./examples/oidc -issuer https://login.example -audience orders
//
// Without -issuer it runs against a provider of its own, on loopback, shows what a client
// sees while the provider's keys rotate, and ends. The whole service is service.go.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	issuer := flag.String("issuer", "", "the provider's issuer identifier; none runs a demonstration")
	audience := flag.String("audience", "orders", "the name of this service in the provider's tokens")
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *issuer, *audience, *addr)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, issuer, audience, addr string) error {
	if issuer == "" {
		return demonstrate(ctx, os.Stdout)
	}
	service, err := newService(issuer, audience, time.Now)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("serving http://%s/me to bearers of tokens of %s", l.Addr(), issuer)
	return serve(ctx, l, service)
}
